namespace Prozchain.Zk.Cuda.Tapes;

/// <summary>Which slots of a tape hold something that is still needed.</summary>
internal static class TapeLiveness
{
    /// <summary>The slots that an instruction reads.</summary>
    public static IEnumerable<int> Reads(LoweredTape tape, LoweredInstruction instruction, int degree)
    {
        TapePlace[] places = instruction.Kind switch
        {
            LoweredKind.Combine when instruction.Then == ThenOperation.None => [instruction.A, instruction.B],
            LoweredKind.Combine => [instruction.A, instruction.B, instruction.C],
            LoweredKind.Fold => [.. tape.Terms.AsSpan(instruction.A.Index, instruction.B.Index), .. Range(instruction.Target, degree)],
            _ => [.. Range(instruction.Target, degree), .. Range(instruction.A.Index, degree)],
        };
        return places.Where(place => place.Kind == PlaceKind.Slot).Select(place => place.Index);
    }

    /// <summary>The slots that an instruction writes.</summary>
    public static IEnumerable<int> Writes(LoweredInstruction instruction, int degree) =>
        Enumerable.Range(instruction.Target, instruction.Kind == LoweredKind.Combine ? 1 : degree);

    /// <summary>Walks back from the end.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="degree">The degree of the extension.</param>
    /// <param name="outputs">The slots that are wanted at the end.</param>
    /// <param name="see">Is given each instruction's number and the slots that are needed from it on, in a set that changes afterwards.</param>
    public static void Walk(LoweredTape tape, int degree, IEnumerable<int> outputs, Action<int, HashSet<int>> see)
    {
        HashSet<int> live = [.. outputs];
        for (int i = tape.Instructions.Count - 1; i >= 0; i--)
        {
            live.ExceptWith(Writes(tape.Instructions[i], degree));
            live.UnionWith(Reads(tape, tape.Instructions[i], degree));
            see(i, live);
        }
    }

    private static IEnumerable<TapePlace> Range(int first, int count) => Enumerable.Range(first, count).Select(TapePlace.Slot);
}
