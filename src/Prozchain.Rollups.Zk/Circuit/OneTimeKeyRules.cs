using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Zk.Air;
using static Prozchain.Rollups.Zk.Circuit.OneTimeKeyColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>The constraints of <see cref="OneTimeKeyAir{TCells}"/> besides the permutation's; <c>output</c> is its compression.</summary>
internal static class OneTimeKeyRules<TBuilder, TValue>
    where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
    where TValue : struct, IAirExpression<TValue>
{
    private const int TagAt = 9, IndexAt = 8, ParameterAt = ValueElements, SecondAt = StateElements + ValueElements, Width = 16;

    /// <summary>Which rows follow which, and what number they bear.</summary>
    public static void Order(ref TBuilder b, in OneTimeKeyKinds<TValue> row)
    {
        for (int i = 0; i < 4; i++) b.AssertBoolean(b.Local(StepA + i), "kind", i);
        b.AssertBoolean(row.Any, "one kind");
        b.AssertZero(row.StepB * row.NextStepA, "order");
        b.AssertZero(row.Step * (row.One - row.NextChains), "order: steps end in an absorption");
        b.AssertZero(row.Absorb * (row.One - row.NextAny), "order: an absorption is not the last row");
        b.AssertZero(row.NextClimb * (row.One - row.Absorb - row.Climb), "order: levels follow the leaf");

        TValue place = b.Local(Place), nextPlace = b.Next(Place), risen = nextPlace - place - row.One;
        b.AssertZero(row.NextStarts * nextPlace, "first pair");
        b.AssertZero(row.Step * (nextPlace - place), "same pair");
        b.AssertZero(row.Absorb * (row.One - row.NextClimb) * risen, "next pair");
        b.AssertZero(row.Absorb * row.NextClimb * (place - b.Constant(Pairs - 1)), "last pair");
        b.AssertZero(row.Absorb * row.NextClimb * nextPlace, "first level");
        b.AssertZero(row.Climb * row.NextClimb * risen, "next level");
    }

    /// <summary>What stays the same within a signature, and the digest so far.</summary>
    public static void Carry(ref TBuilder b, in OneTimeKeyKinds<TValue> row, scoped ReadOnlySpan<TValue> output)
    {
        TValue climbs = row.Climb * row.NextClimb;
        b.AssertZero((row.Step + row.Absorb + climbs) * (b.Next(Signature) - b.Local(Signature)), "carried number");
        TValue toChains = row.Step + row.Absorb * (row.One - row.NextClimb);
        for (int i = 0; i < HashParameter; i++)
        {
            b.AssertZero(toChains * (b.Next(Parameter + i) - b.Local(Parameter + i)), "carried parameter", i);
            b.AssertZero(row.Climb * b.Local(Parameter + i), "no parameter", i);
        }
        b.AssertZero((row.Step + row.Absorb) * (b.Next(KeyIndex) - b.Local(KeyIndex)), "carried index");
        TValue starts = row.NextStarts, hashed = row.Absorb + climbs;
        for (int i = 0; i < StateElements; i++)
        {
            TValue next = b.Next(Hash + i), first = i switch
            {
                < HashParameter => b.Next(Parameter + i),
                HashParameter => b.Next(KeyIndex),
                HashParameter + 1 => b.Constant(HashSignature.LeafKind),
                _ => b.Constant(0),
            };
            b.AssertZero(starts * (next - first), "first state", i);
            b.AssertZero(row.Step * (next - b.Local(Hash + i)), "carried state", i);
            b.AssertZero(hashed * (next - output[i]), "next state", i);
        }
    }

    /// <summary>The steps of chains, and how many they are.</summary>
    public static void Steps(ref TBuilder b, in OneTimeKeyKinds<TValue> row, scoped ReadOnlySpan<TValue> output)
    {
        TValue step = row.Step, same = row.SameChain, tag = b.Local(In + TagAt);
        for (int i = 0; i < HashParameter; i++) b.AssertZero(step * (b.Local(In + ParameterAt + i) - b.Local(Parameter + i)), "step input", i);
        b.AssertZero(step * (b.Local(In + IndexAt) - b.Local(KeyIndex)), "step input", HashParameter);
        for (int i = TagAt + 1; i < Width; i++) b.AssertZero(step * b.Local(In + i), "step input", i);
        for (int i = 0; i < ValueElements; i++) b.AssertZero(same * (b.Next(In + i) - output[i]), "next value", i);
        b.AssertZero(same * (b.Next(In + TagAt) - tag - row.One), "next tag");
        // The tag of chain j at place t is kind + 4 j + t, and pair q has chains 2 q and 2 q + 1.
        TValue last = tag - b.Local(Place) * b.Constant(2 * HashSignature.Places) - b.Constant(HashSignature.ChainKind + HashSignature.Places - 2);
        b.AssertZero(row.StepA * (row.One - row.NextStepA) * last, "last tag", 0);
        b.AssertZero(row.StepB * (row.One - row.NextStepB) * (last - b.Constant(HashSignature.Places)), "last tag", 1);

        TValue fresh = (row.One - step) * (row.One - row.NextClimb);
        b.AssertZero(fresh * (b.Next(CountA) - row.NextStepA), "first count", 0);
        b.AssertZero(fresh * (b.Next(CountB) - row.NextStepB), "first count", 1);
        b.AssertZero(step * (b.Next(CountA) - b.Local(CountA) - row.NextStepA), "count", 0);
        b.AssertZero(step * (b.Next(CountB) - b.Local(CountB) - row.NextStepB), "count", 1);
    }

    /// <summary>The ends of chains, on their way to the row that absorbs them.</summary>
    public static void Ends(ref TBuilder b, in OneTimeKeyKinds<TValue> row, scoped ReadOnlySpan<TValue> output)
    {
        TValue ended = row.StepA * (row.One - row.NextStepA), second = row.StepB * row.NextAbsorb;
        for (int i = 0; i < ValueElements; i++)
        {
            TValue end = b.Local(End + i), next = b.Next(End + i);
            b.AssertZero((row.StepA + row.Climb) * end, "no end", i);
            b.AssertZero(ended * (next - output[i]), "end", i);
            b.AssertZero(row.StepB * (next - end), "carried end", i);
            b.AssertZero(second * (b.Next(In + SecondAt + i) - output[i]), "second end", i);
            b.AssertZero(row.Absorb * (b.Local(In + StateElements + i) - end), "absorbed", StateElements + i);
        }
        for (int i = 0; i < StateElements; i++) b.AssertZero(row.Absorb * (b.Local(In + i) - b.Local(Hash + i)), "absorbed", i);
    }

    /// <summary>The nodes above the leaf.</summary>
    public static void Path(ref TBuilder b, in OneTimeKeyKinds<TValue> row)
    {
        TValue second = b.Local(CountA), third = b.Local(CountB);
        b.AssertZero(row.Climb * (second * second - second), "digit", 0);
        b.AssertZero(row.Climb * (third * third - third), "digit", 1);
        b.AssertZero(row.Climb * second * third, "digit", 2);
        TValue rest = row.NextClimb * b.Next(KeyIndex) * b.Constant(HashSignature.Arity);
        b.AssertZero(row.Climb * (b.Local(KeyIndex) - second - third - third - rest), "rest of the index");
        b.AssertZero(row.Climb * (b.Local(In + Width - 1) - b.Local(Place) - b.Constant(HashSignature.NodeKind)), "level tag");
        for (int i = 0; i < ValueElements; i++)
        {
            TValue left = b.Local(In + i), child = left + second * (b.Local(In + ValueElements + i) - left) + third * (b.Local(In + 2 * ValueElements + i) - left);
            b.AssertZero(row.Climb * (child - b.Local(Hash + i)), "child", i);
        }
    }

    /// <summary>All that no rule above fixes in a row without use. Its counts are fixed by the row before.</summary>
    public static void Unused(ref TBuilder b, in OneTimeKeyKinds<TValue> row)
    {
        TValue unused = row.One - row.Any;
        for (int i = 0; i < Width; i++) b.AssertZero(unused * b.Local(In + i), "unused", In + i);
        for (int i = Signature; i < CountA; i++) b.AssertZero(unused * b.Local(i), "unused", i);
    }
}
