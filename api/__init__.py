"""The service: routes, services, store, live push, console and command line."""
