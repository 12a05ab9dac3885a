"""A process that leases a server: it prints what it got as one line, and holds it until its input ends.

Called as `python holder.py DIGEST [hang]`; with `hang` it never finishes building the template.
"""

import json
import sys

from shelf import build, hang

from diglot.provision.binaries import choose
from diglot.provision.cachedir import CacheDirectory
from diglot.provision.embedded import TemplateRequest, lease_server


def main() -> None:
    """Lease, say so, wait."""
    template = TemplateRequest(sys.argv[1], hang if "hang" in sys.argv else build)
    lease = lease_server(choose("auto"), template=template, cache=CacheDirectory.default())
    json.dump({"pid": lease.info.pid, "cached": lease.info.template_cached}, sys.stdout)
    sys.stdout.write("\n")
    sys.stdout.flush()
    sys.stdin.read()
    lease.close()


if __name__ == "__main__":
    main()
