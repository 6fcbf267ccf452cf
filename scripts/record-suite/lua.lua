-- Trees that live and die, strings built piece by piece, tables that grow, closures; and n-queens.
local function tree(depth)
    if depth == 0 then return {} end
    return {tree(depth - 1), tree(depth - 1)}
end

local function nodes(t)
    return t[1] and 1 + nodes(t[1]) + nodes(t[2]) or 1
end

local kept, sum = tree(12), 0
for depth = 4, 11 do
    for _ = 1, 2 ^ (13 - depth) do sum = sum + nodes(tree(depth)) end
end

local words, index = {}, {}
local seed = 42
local function draw(n)
    seed = (seed * 16807) % 2147483647
    return seed % n + 1
end
for i = 1, 20000 do
    local letters = {}
    for j = 1, draw(12) do letters[j] = string.char(96 + draw(26)) end
    local word = table.concat(letters)
    words[#words + 1] = word
    index[word] = (index[word] or 0) + 1
    if i % 3 == 0 then index[words[draw(#words)]] = nil end
end
table.sort(words)

local function queens(n, row, columns, up, down)
    if row > n then return 1 end
    local found = 0
    for column = 1, n do
        if not columns[column] and not up[row + column] and not down[row - column + n] then
            local c = setmetatable({[column] = true}, {__index = columns})
            local u = setmetatable({[row + column] = true}, {__index = up})
            local d = setmetatable({[row - column + n] = true}, {__index = down})
            found = found + queens(n, row + 1, c, u, d)
        end
    end
    return found
end

print(sum, nodes(kept), #words, queens(7, 1, {}, {}, {}))
