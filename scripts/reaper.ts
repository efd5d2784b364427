// A process that is killed with SIGKILL cannot clean up after itself. The reaper is a small shell that
// waits on a pipe held open by this process: when the pipe closes, for whatever reason, it ends the
// processes it was told about and removes the folders it was given.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'

const SHELL_SCRIPT = `
trap '' INT TERM HUP
targets=''
folders=''
newline='
'
while IFS=' ' read -r verb first second; do
  case "$verb" in
    watch) targets="$targets $first:$second" ;;
    forget)
      kept=''
      for target in $targets; do
        [ "\${target#*:}" = "$first" ] || kept="$kept $target"
      done
      targets="$kept" ;;
    folder) folders="$folders$first\${second:+ }$second$newline" ;;
  esac
done
for target in $targets; do kill -s "\${target%%:*}" -- "\${target#*:}" 2>/dev/null; done
tries=0
while [ "$tries" -lt 100 ]; do
  alive=''
  for target in $targets; do
    if kill -s 0 -- "\${target#*:}" 2>/dev/null; then alive="$alive $target"; fi
  done
  targets="$alive"
  [ -n "$targets" ] || break
  sleep 0.1
  tries=$((tries + 1))
done
for target in $targets; do kill -s KILL -- "\${target#*:}" 2>/dev/null; done
printf '%s' "$folders" | while IFS= read -r folder; do rm -rf -- "$folder"; done
`

let shell: ChildProcess | undefined

/** Writes one order to the shell, which is started at the first one. It never keeps this process alive. */
function tell(order: string): void {
  if (!shell) {
    shell = spawn('sh', ['-c', SHELL_SCRIPT], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    shell.unref()
    const pipe = shell.stdin as Socket
    pipe.unref()
    pipe.on('error', () => undefined)
  }
  shell.stdin?.write(`${order}\n`)
}

/**
 * Sends `signal` (a name without SIG) to `pid` when this process is gone, and SIGKILL ten seconds later.
 * A negative `pid` is a process group.
 */
export function endWithThisProcess(pid: number, signal: 'INT' | 'TERM' | 'QUIT'): void {
  tell(`watch ${signal} ${pid}`)
}

/** Takes back `endWithThisProcess`, once the process has ended in the normal way. */
export function forgetProcess(pid: number): void {
  tell(`forget ${pid}`)
}

/** Removes `folder` when this process is gone, after the processes have ended. */
export function removeWithThisProcess(folder: string): void {
  if (folder.includes('\n'))
    throw new Error(`A temporary folder cannot have a newline in its name: ${folder}`)
  tell(`folder ${folder}`)
}
