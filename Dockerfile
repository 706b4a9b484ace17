# One image for every process type; the command is one of the Procfile's lines.
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements.txt ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /app rasid && mkdir /data && chown rasid /data
COPY --from=build /venv /venv
WORKDIR /app
COPY bot bot
COPY feeds feeds
COPY rules rules
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 HOST=0.0.0.0 DATABASE_URL=sqlite:////data/rasid.db
USER rasid
VOLUME /data
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
