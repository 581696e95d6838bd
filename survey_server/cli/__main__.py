from survey_server.cli import main

main()
