# The edge: TLS, limits, load balancing. Everything it serves comes from the other containers.
FROM nginx:1-bookworm
COPY deploy/nginx/nginx.conf deploy/nginx/balancer.conf /etc/nginx/
COPY deploy/nginx/edge /etc/nginx/edge
COPY deploy/nginx/snippets /etc/nginx/snippets
COPY deploy/nginx/bin /usr/local/bin
# Named volumes take their owner from here.
RUN chmod 755 /usr/local/bin/chronos-* \
 && mkdir -p /certificates /webroot /var/cache/edge && chown 101:101 /certificates /webroot /var/cache/edge
USER 101:101
EXPOSE 8080 8443
STOPSIGNAL SIGQUIT
ENTRYPOINT ["chronos-edge"]
CMD []
