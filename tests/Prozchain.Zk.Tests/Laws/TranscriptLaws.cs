using FsCheck;
using FsCheck.Fluent;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Tests;

public class Keccak256TranscriptLaws : TranscriptLaws<Keccak256>;

public class Sha256TranscriptLaws : TranscriptLaws<Sha256>;

/// <summary>A transcript binds everything: whatever changes before a challenge changes the challenge.</summary>
public abstract class TranscriptLaws<THash> where THash : struct, IDigest<THash>
{
    [Fact]
    public void Challenge_SameOperations_IsTheSame() => ForAll(operations =>
        Operation.Run<THash>(operations).AsSpan().SequenceEqual(Operation.Run<THash>(operations)));

    [Fact]
    public void Challenge_AnySingleChange_Changes() => ForAll(operations =>
    {
        byte[] expected = Operation.Run<THash>(operations);
        for (int i = 0; i < operations.Length; i++)
            foreach (Operation change in operations[i].Changes())
            {
                Operation[] changed = [.. operations];
                changed[i] = change;
                if (Operation.Run<THash>(changed).AsSpan().SequenceEqual(expected)) return false;
            }
        return true;
    });

    [Fact]
    public void Challenge_OrderNumberOrProtocolChanged_Changes() => ForAll(operations =>
    {
        byte[] expected = Operation.Run<THash>(operations);
        for (int i = 0; i + 1 < operations.Length; i++)
        {
            Operation[] swapped = [.. operations];
            (swapped[i], swapped[i + 1]) = (swapped[i + 1], swapped[i]);
            bool same = operations[i].Kind == operations[i + 1].Kind && operations[i].Label.AsSpan().SequenceEqual(operations[i + 1].Label)
                && operations[i].Data.AsSpan().SequenceEqual(operations[i + 1].Data);
            bool alike = operations[i].Kind == operations[i + 1].Kind && operations[i].Kind >= 2 && operations[i].Label.AsSpan().SequenceEqual(operations[i + 1].Label)
                && operations[i].Data.Length == operations[i + 1].Data.Length;
            if (!same && !alike && Operation.Run<THash>(swapped).AsSpan().SequenceEqual(expected)) return false;
        }
        return !Operation.Run<THash>(operations[1..]).AsSpan().SequenceEqual(expected)
            && !Operation.Run<THash>([.. operations, operations[0]]).AsSpan().SequenceEqual(expected)
            && !Operation.Run<THash>(operations, "tesu").AsSpan().SequenceEqual(expected);
    });

    [Fact]
    public void Absorb_SameBytesCutElsewhere_Changes()
    {
        // Pitfall: without lengths, "ab" + "c" and "a" + "bc" are one string.
        static Operation Bytes(string label, params uint[] data) => new(0, System.Text.Encoding.ASCII.GetBytes(label), data);
        byte[][] challenges =
        [
            Operation.Run<THash>([Bytes("m", 1, 2), Bytes("m", 3)]),
            Operation.Run<THash>([Bytes("m", 1), Bytes("m", 2, 3)]),
            Operation.Run<THash>([Bytes("m", 1, 2, 3)]),
            Operation.Run<THash>([Bytes("m", 1, 2, 3), Bytes("m")]),
            Operation.Run<THash>([Bytes("m", 1, 2, 3, 0)]),
            Operation.Run<THash>([Bytes("ma", 1, 2, 3)]),
        ];
        Assert.Equal(challenges.Length, challenges.Select(Convert.ToHexString).Distinct().Count());
    }

    private static void ForAll(Func<Operation[], bool> law) =>
        FieldTools.Check(Prop.ForAll(ArbMap.Default.ArbFor<int>(), Gen.Choose(1, 6).ToArbitrary(), (seed, count) => law(Operation.Random(seed, count))), 100);
}
