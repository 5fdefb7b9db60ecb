"""A private Postfix in a folder: asks our policy server, delivers into Maildirs of example.org."""
import contextlib
import email
import os
import pathlib
import pwd
import shutil
import socket
import subprocess

from .ports import free_port
from .tap import Skip, wait_until

MASTER = """\
127.0.0.1:{port} inet n - {chroot} - {processes} smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix(contextlib.AbstractContextManager):
    """POLICY is what stands behind check_policy_service, such as unix:/path or inet:host:port.
    STAGE is recipient or data. CHROOT runs smtpd in its queue folder, and POLICY's path is seen from there."""

    def __init__(self, scene, policy, stage="recipient", chroot=False, processes=100, **settings):
        if not shutil.which("postfix") or os.geteuid() != 0:
            raise Skip("Postfix needs root and the package postfix")
        self.port = free_port()
        self.base = scene.dir / f"postfix-{self.port}"
        self.conf = self.base / "conf"
        self.queue = self.base / "queue"
        self.mail = self.base / "mail"
        self.log_file = self.base / "mail.log"
        for folder in (self.base, self.conf, self.queue, self.mail, self.base / "data"):
            folder.mkdir()
        user = pwd.getpwnam("postfix")
        os.chown(self.base / "data", user.pw_uid, user.pw_gid)
        os.chown(self.mail, user.pw_uid, user.pw_gid)
        check = f"check_policy_service {{ {policy}, timeout=10s, default_action=DUNNO }}"
        restrictions = "reject_unauth_destination"
        values = {
            "compatibility_level": "3.6", "queue_directory": self.queue,
            "data_directory": self.base / "data", "maillog_file": self.log_file,
            "maillog_file_prefixes": str(scene.dir), "myhostname": "mail.example.org",
            "mydestination": "", "inet_protocols": "all", "inet_interfaces": "loopback-only",
            "mynetworks": "", "smtpd_peername_lookup": "no", "disable_dns_lookups": "yes",
            "smtpd_authorized_xclient_hosts": "127.0.0.0/8",
            "virtual_mailbox_domains": "example.org", "virtual_mailbox_base": self.mail,
            "virtual_mailbox_maps": "static:all/", "virtual_uid_maps": f"static:{user.pw_uid}",
            "virtual_gid_maps": f"static:{user.pw_gid}", "alias_maps": "", "alias_database": "",
            "smtpd_recipient_restrictions": restrictions + (
                ", " + check if stage == "recipient" else ""),
            "smtpd_data_restrictions": check if stage == "data" else "",
            "smtpd_relay_restrictions": restrictions, "smtputf8_enable": "yes",
            "smtpd_client_connection_count_limit": "0", "smtpd_error_sleep_time": "0",
            "smtpd_soft_error_limit": "1000", "smtpd_hard_error_limit": "1000",
            "in_flow_delay": "0", "local_recipient_maps": "", "smtpd_tls_security_level": "none",
            **settings}
        (self.conf / "main.cf").write_text(
            "".join(f"{key} = {value}\n" for key, value in values.items()))
        (self.conf / "master.cf").write_text(MASTER.format(
            port=self.port, chroot="y" if chroot else "n", processes=processes))
        self._postfix("start")
        wait_until(self._listens, "Postfix listens: " + self._tail())

    def _postfix(self, verb):
        result = subprocess.run(["postfix", "-c", self.conf, verb], stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, timeout=60)
        if result.returncode != 0:
            raise AssertionError(result.stdout.decode() + self._tail())

    def _tail(self):
        return self.log_file.read_text()[-2000:] if self.log_file.exists() else ""

    def _listens(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True

    def log(self):
        return self.log_file.read_text(errors="backslashreplace")

    def messages(self):
        """The delivered mails."""
        return [email.message_from_bytes(path.read_bytes())
                for path in sorted(pathlib.Path(self.mail).glob("**/new/*"))]

    def wait_messages(self, count):
        return wait_until(lambda: len(self.messages()) >= count and self.messages(),
                          f"{count} mails delivered: {self._tail()}", 20)

    def __exit__(self, *exception):
        with contextlib.suppress(Exception):
            self._postfix("stop")
