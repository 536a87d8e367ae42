"""What makes programs of the functions that docs/receivers.md shows: they read cases, one a line, and say `ok` or `no`.

A case is: secret, id, timestamp, signatures, the clock's seconds, the body in base64, with tabs in between."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Verifier:
    file: str
    command: tuple[str, ...]
    """`{file}` is the program's."""
    driver: str
    """Stands after what the page shows."""
    ahead: tuple[str, str] = ("", "")
    """What of the page something must stand ahead of, and what."""

    def program(self, shown: str) -> str:
        place, more = self.ahead
        return shown.replace(place, more + place, 1) + self.driver


PYTHON = """
import sys
for line in sys.stdin:
    secret, id, timestamp, signatures, now, body = line.rstrip("\\n").split("\\t")
    print("ok" if verify(secret, id, timestamp, signatures, base64.b64decode(body), float(now)) else "no")
"""

NODE = """
for (const line of require("node:fs").readFileSync(0, "utf8").trimEnd().split("\\n")) {
  const [secret, id, timestamp, signatures, now, body] = line.split("\\t");
  console.log(verify(secret, id, timestamp, signatures, Buffer.from(body, "base64"), Number(now)) ? "ok" : "no");
}
"""

GO = """
func main() {
	cases := bufio.NewScanner(os.Stdin)
	for cases.Scan() {
		f := strings.Split(cases.Text(), "\\t")
		seconds, _ := strconv.ParseInt(f[4], 10, 64)
		body, _ := base64.StdEncoding.DecodeString(f[5])
		if verify(f[0], f[1], f[2], f[3], body, time.Unix(seconds, 0)) {
			fmt.Println("ok")
		} else {
			fmt.Println("no")
		}
	}
}
"""

JAVA = """
class Main {
  public static void main(String[] arguments) throws Exception {
    var cases = new java.io.BufferedReader(new java.io.InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = cases.readLine()) != null; ) {
      String[] f = line.split("\\t");
      Instant now = Instant.ofEpochSecond(Long.parseLong(f[4]));
      boolean ok = Webhooks.verify(f[0], f[1], f[2], f[3], Base64.getDecoder().decode(f[5]), now);
      System.out.println(ok ? "ok" : "no");
    }
  }
}
"""

SHELL = """
while IFS="$(printf '\\t')" read -r secret id timestamp signatures now body; do
  printf %s "$body" | base64 -d >body
  if verify "$secret" "$id" "$timestamp" "$signatures" "$now" <body; then echo ok; else echo no; fi
done
"""

VERIFIERS: Final[Mapping[str, Verifier]] = {
    "python": Verifier("verify.py", (sys.executable, "{file}"), PYTHON),
    "js": Verifier("verify.js", ("node", "{file}"), NODE),
    "go": Verifier("verify.go", ("go", "run", "{file}"), GO, ("import (", 'import ("bufio"; "fmt"; "os")\n')),
    "java": Verifier("Main.java", ("java", "{file}"), "", ("class Webhooks", JAVA)),
    "sh": Verifier("verify.sh", ("sh", "{file}"), SHELL),
}
