"""The report in Chromium."""


def test_chromium_opens_a_page(browser):
    page = browser.new_page()
    page.set_content("<title>one</title>")
    assert page.title() == "one"
    page.close()
