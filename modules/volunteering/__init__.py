"""志愿服务: projects and shifts, sign-ups, attendance, verified hours, certificates, and help for the public."""
