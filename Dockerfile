FROM python:3.13-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/yidi
COPY requirements.txt /src/
RUN /opt/yidi/bin/pip install --require-hashes -r /src/requirements.txt
COPY . /src
RUN /opt/yidi/bin/pip install --no-deps /src

FROM python:3.13-slim-bookworm
ENV PATH=/opt/yidi/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 YIDI_DATABASE_URL=sqlite:////data/yidi.db
COPY --from=build /opt/yidi /opt/yidi
RUN useradd --system --uid 10001 --no-create-home yidi && install -d -o yidi -m 0700 /data
USER yidi
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["yidi"]
CMD ["serve", "--host", "0.0.0.0"]
