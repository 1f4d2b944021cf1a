# The command in a small container, as a user without rights: docker build --tag chipsieve .
# docker run --rm --network none --read-only --volume "$PWD:/work:ro" chipsieve scan .
FROM python:3.13-alpine AS build
WORKDIR /source
COPY requirements/ requirements/
RUN python -m venv /opt/build && python -m venv --without-pip /opt/chipsieve \
    && /opt/build/bin/pip install --no-cache-dir --require-hashes --requirement requirements/build.txt \
    && /opt/build/bin/pip --python /opt/chipsieve install --no-cache-dir --require-hashes --requirement requirements/runtime.txt
COPY . .
RUN /opt/build/bin/python -m build --wheel --no-isolation \
    && /opt/build/bin/pip --python /opt/chipsieve install --no-cache-dir --no-deps --no-index dist/*.whl

FROM python:3.13-alpine
# Git reads revisions and histories. Alpine keeps one version in a branch, so the base image decides which.
# hadolint ignore=DL3018
RUN apk add --no-cache git && adduser -D -u 10001 chipsieve
COPY --from=build /opt/chipsieve /opt/chipsieve
ENV PATH="/opt/chipsieve/bin:$PATH"
USER 10001
WORKDIR /work
ENTRYPOINT ["chipsieve"]
CMD ["--help"]
