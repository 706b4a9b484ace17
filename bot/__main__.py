"""``python -m bot`` is ``rasid``."""


def main() -> None:
    """Run the command line."""
    from bot.cli.main import app

    app(prog_name="rasid")


if __name__ == "__main__":
    main()
