import classes from './logo.module.css'

/** The mark and the name. */
export function Logo({ size = 30 }: { size?: number }) {
  return (
    <span className={classes['logo']}>
      <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
        <path
          d="M24.3 8.2a11.6 11.6 0 1 0 0 15.6"
          fill="none"
          stroke="currentColor"
          strokeWidth="4"
          strokeLinecap="round"
        />
        <path
          d="M16 9.4V16l4.8 3.4"
          fill="none"
          stroke="var(--shell-accent)"
          strokeWidth="3.4"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <span className={classes['name']}>chronos</span>
    </span>
  )
}
