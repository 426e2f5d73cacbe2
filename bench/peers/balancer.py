"""nginx before several hub processes, with the settings of deploy/nginx/doorsync.conf and an upstream that names them all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from peers.servers import DATA, free_port, running

CONFIGURATION = """
user root;
worker_processes 2;
worker_rlimit_nofile {files};
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log crit;
events {{ worker_connections {files}; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  upstream hubs {{
    {servers}
  }}
  server {{
    listen 127.0.0.1:{port} reuseport backlog=4096;
    client_max_body_size 3m;
    location / {{
      proxy_pass http://hubs;
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_buffering off;
      proxy_read_timeout 75s;
    }}
  }}
}}
"""


@contextmanager
def balancer(hubs: Sequence[int], files: int) -> Iterator[int]:
    """Nginx that passes calls to the hubs at these ports; its port. `files`: how many each of its processes may have open."""
    folder, port = DATA / "nginx", free_port()
    folder.mkdir()
    servers = "\n    ".join(f"server 127.0.0.1:{hub};" for hub in hubs)
    (folder / "nginx.conf").write_text(CONFIGURATION.format(folder=folder, port=port, servers=servers, files=files))
    with running(["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)], {}, port):
        yield port
