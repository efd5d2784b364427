# Certificates by ACME: certbot, as the user that Nginx runs as, since both write into the volume of certificates.
FROM debian:bookworm-slim
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends certbot openssl ca-certificates >/dev/null \
 && rm -rf /var/lib/apt/lists/*
COPY deploy/acme/chronos-acme /usr/local/bin/chronos-acme
# Named volumes take their owner from here.
RUN mkdir -p /acme /certificates /webroot && chown 101:101 /acme /certificates /webroot && chmod 700 /acme
USER 101:101
ENTRYPOINT ["chronos-acme"]
CMD []
