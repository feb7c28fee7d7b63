const number = (name, fallback) => {
  const value = Number(process.env[name] ?? fallback);
  if (!Number.isInteger(value) || value < 0) throw new Error(`${name} must be a whole number`);
  return value;
};

export const config = {
  port: number('PORT', 8080),
  maxBodyBytes: number('MAX_BODY_BYTES', 256 * 1024),
  historyPerChannel: number('HISTORY_PER_CHANNEL', 20),
};
