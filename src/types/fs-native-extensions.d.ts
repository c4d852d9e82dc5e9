/** The part of fs-native-extensions that leakline uses; the package has no types of its own. */
declare module 'fs-native-extensions' {
  /** Takes an exclusive open-file-description lock on the whole file; false when it is held elsewhere. */
  export function tryLock(descriptor: number): boolean;
  /** Waits until the lock is had. */
  export function waitForLock(descriptor: number): Promise<void>;
}
