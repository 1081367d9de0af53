# One image for web, worker and one-shot commands. `docker build --build-arg APP_VERSION=$(git rev-parse --short=12 HEAD) .`
#
# Debian's own Python, the one that the tests run with; its corrections come with every build. To hold a build to
# the byte, give the digest: --build-arg BASE=docker.io/library/debian@sha256:…
ARG BASE=docker.io/library/debian:12.12-slim

FROM ${BASE} AS python
RUN apt-get update \
    && apt-get upgrade --yes \
    && apt-get install --yes --no-install-recommends ca-certificates python3 \
    && rm -rf /var/lib/apt/lists/*


FROM python AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/terminfest
# Before the code: a change of ours does not install everything anew.
COPY requirements.txt ./
RUN python3 -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt
COPY manage.py gunicorn.conf.py ./
COPY templates templates
COPY config config
COPY appointments appointments
COPY integrations integrations
COPY calls calls
# With values that are nobody's and are in no layer's environment: nothing of them gets into the files.
RUN export SECRET_KEY=only-while-building RETELL_API_KEYS=only-while-building VAR_DIR=/tmp/var \
    && /opt/venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && /opt/venv/bin/python -m compileall -q . \
    && /opt/venv/bin/pip uninstall --yes --quiet pip setuptools


FROM python
ARG APP_VERSION=
ENV APP_VERSION=${APP_VERSION} \
    PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    VAR_DIR=/var/lib/terminfest
RUN useradd --uid 10001 --shell /usr/sbin/nologin --home-dir /var/lib/terminfest --create-home terminfest
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/terminfest /srv/terminfest
WORKDIR /srv/terminfest
# The code is root's: what runs here cannot change it.
USER terminfest
VOLUME /var/lib/terminfest
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm"]
