// The sound of a call.

// A browser lets a page ring only once it was touched.
export const mute = () => navigator.userActivation?.hasBeenActive === false;

// Two short tones.
export function ring() {
  if (mute()) return;
  const audio = new AudioContext();
  [880, 1174].forEach((pitch, index) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const at = audio.currentTime + index * 0.16;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.18, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.15);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.16);
  });
  setTimeout(() => audio.close(), 800);
}
