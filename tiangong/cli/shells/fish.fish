# Completion of tiangong for fish. Load it: tiangong completion fish | source
set -g _tiangong_engine (string collect -- '@ENGINE@')
function _tiangong
    set -l words (commandline -opc)
    set -l at (commandline -ct)
    for found in (sh -c $_tiangong_engine tiangong $words[2..-1] $at)
        switch $found
            case ':files'
                __fish_complete_path $at
            case ':folders'
                __fish_complete_directories $at ''
            case '*'
                echo -- $found
        end
    end
end
complete -c tiangong -f -a '(_tiangong)'
