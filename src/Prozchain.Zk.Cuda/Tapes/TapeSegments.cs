namespace Prozchain.Zk.Cuda.Tapes;

/// <summary>
/// A tape cut into pieces that a device's caches of instructions hold and its driver compiles in a short time, where little has to be
/// carried from one to the next.
/// </summary>
internal sealed class TapeSegments
{
    // Instructions of PTX in a piece, about: each becomes 16 bytes or somewhat less, and a multiprocessor's cache has 128 kiB.
    private const int Limit = 4000;

    private readonly Dictionary<int, int> _homes = [];

    /// <param name="tape">The tape.</param>
    /// <param name="degree">The degree of the extension.</param>
    /// <param name="outputs">The slots that are wanted at the end.</param>
    /// <param name="limit">Another limit.</param>
    public TapeSegments(LoweredTape tape, int degree, int[] outputs, int limit = Limit)
    {
        int count = tape.Instructions.Count;
        var live = new int[count];
        TapeLiveness.Walk(tape, degree, outputs, (i, slots) => live[i] = slots.Count);
        int start = 0;
        while (Cut(start) is int cut && cut < count) Starts.Add(start = cut);
        Starts.Insert(0, 0);
        Starts.Add(count);
        Carried = [.. Starts.Select(_ => (int[])[])];
        Carried[^1] = outputs;
        TapeLiveness.Walk(tape, degree, outputs, (i, slots) =>
        {
            int place = Starts.IndexOf(i);
            if (place > 0 && place < Starts.Count - 1) Carried[place] = [.. slots.Order()];
        });
        foreach (int slot in Carried.Take(Carried.Length - 1).SelectMany(slots => slots)) _homes.TryAdd(slot, _homes.Count);

        // Within the last quarter of a piece, where the fewest slots are live.
        int Cut(int first)
        {
            int cost = 0, best = count;
            for (int i = first; i < count; i++)
            {
                if (i > first && cost > limit - limit / 4 && (best == count || live[i] < live[best])) best = i;
                cost += Cost(tape.Instructions[i], degree);
                if (cost > limit) return best == count ? Math.Max(i, first + 1) : best;
            }
            return count;
        }
    }

    /// <summary>The number of the first instruction of each piece, and after them that of all instructions.</summary>
    public List<int> Starts { get; } = [];

    /// <summary>For each piece the slots that earlier ones leave for it and later ones, and after them the outputs.</summary>
    public int[][] Carried { get; }

    /// <summary>Slots that are carried have so many places in memory.</summary>
    public int Homes => _homes.Count;

    /// <summary>The place in memory of a carried slot.</summary>
    public int Home(int slot) => _homes[slot];

    private static int Cost(LoweredInstruction instruction, int degree) => instruction.Kind switch
    {
        LoweredKind.Combine => 10 + (instruction.Then == ThenOperation.None ? 0 : 6),
        LoweredKind.Fold => instruction.B.Index * (3 + 3 * degree),
        _ => 3 * degree * degree + 12 * degree,
    };
}
