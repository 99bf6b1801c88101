# Completion of ork in fish. Put this into ~/.config/fish/completions/ork.fish, or: ork completion fish | source
function __ork_complete
    command -q ork; or return
    set -l words (commandline -opc)
    set -l current (string unescape -- (commandline -ct))
    set -l lines (ork __complete -- $words[2..-1] "$current" 2>/dev/null)
    set -l kind (string split ' ' -- $lines[1])
    set -l prefix (string match -r -- '^--[^=]*=' $current)
    set -l typed (string replace -r -- '^--[^=]*=' '' $current)
    switch "$kind[1]"
        case files
            set -l endings (string join '|' -- $kind[2..-1])
            test -n "$endings" && set endings "\.(?:$endings)"
            string match -er -- "^[^\t]*(?:/|$endings)(?:\t|\$)" (__fish_complete_path "$typed") | string replace -r -- '^' "$prefix"
        case folders
            __fish_complete_directories "$typed" | string replace -r -- '^' "$prefix"
        case '*'
            printf '%s\n' $lines[2..-1]
    end
end
complete -c ork -f -a '(__ork_complete)'
