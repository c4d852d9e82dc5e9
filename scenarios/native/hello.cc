/* Nothing planted: strings, a map and owned objects, all of them freed. */

#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

/* Counts the words of the texts. */
static std::map<std::string, int>
count_words(const std::vector<std::string> &texts)
{
    std::map<std::string, int> counts;

    for (const std::string &text : texts) {
        counts[text]++;
    }
    return counts;
}

int
main(int argc, char **argv)
{
    std::vector<std::string> texts(argv + 1, argv + argc);

    texts.push_back("a text too long for the buffer inside a string");
    auto counts = std::make_unique<std::map<std::string, int>>(count_words(texts));
    for (const auto &entry : *counts) {
        std::cout << entry.first << ": " << entry.second << "\n";
    }
    return 0;
}
