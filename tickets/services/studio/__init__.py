"""What flow editors do beside writing: lessons, storyboards, flows from and for other installations."""
