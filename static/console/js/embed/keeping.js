// What the browser keeps for this page. In a frame of another site it may refuse to: then nothing is kept and nothing
// fails.
const NOTHING = { getItem: () => null, setItem: () => {}, removeItem: () => {} };

function kept(name) {
  try {
    return window[name];
  } catch {
    return NOTHING;
  }
}

export const forThisTab = kept("sessionStorage");
export const forThisBrowser = kept("localStorage");
