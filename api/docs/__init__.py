"""API documentation that works offline: Swagger UI (Apache-2.0), served from files that come with Yidi."""
