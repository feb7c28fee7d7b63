target "default" {
  context = "."
  args = {
    VERSION = "1.0"
  }
}
