using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>The public values of a proof's tables, from the proof of the batch.</summary>
internal static class TableValues
{
    /// <summary>Those of each table of a segment.</summary>
    /// <param name="airs">The key's tables, in order.</param>
    /// <param name="proof">The proof, as <see cref="BatchChecks"/> accepts it.</param>
    /// <param name="length">Bytes that the circuit reads.</param>
    /// <param name="segment">The segment, from 1.</param>
    /// <param name="executed">The transactions that are proven.</param>
    /// <exception cref="ArgumentException">A table with public values that a segment has not.</exception>
    public static F[][] OfSegment(IReadOnlyList<IAir> airs, BatchProof proof, uint length, int segment, ExecutedPart executed)
    {
        BatchStatement statement = proof.Statement;
        (SegmentBoundary start, SegmentBoundary end) = (proof.Boundaries[segment - 1], proof.Boundaries[segment]);
        F bytes = F.FromUInt32(length), live = statement.IsLive ? F.One : F.Zero, isPresent = length == 0 ? F.Zero : F.One;
        // Payments of a batch that has a fault are read, and are none; those that are not proven are told to nobody.
        F forced = F.FromUInt32(executed.Forced);
        bool acts = statement.IsLive && executed.Acts(start.Transaction, end.Transaction);
        (uint from, uint to) = executed.Of(segment == 1 ? 0 : start.Transaction, end.Transaction);
        return [.. airs.Select(air => Values(air))];

        F[] Values(IAir air) => air switch
        {
            SpongeAir => [.. start.Sponge, .. end.Sponge, isPresent, bytes],
            ParserAir => [bytes, live, .. start.Parser, .. end.Parser],
            FullRowAir => [bytes, live, .. start.Fields, .. end.Fields],
            PaymentAir => [statement.IsLive ? start.Parser[1] : forced, statement.IsLive ? end.Parser[1] : forced, .. start.Payments, .. end.Payments, acts ? F.One : F.Zero],
            TransactionAir => [F.FromUInt64(statement.ChainId), F.FromUInt32(from), .. start.Counts, F.FromUInt32(to), .. end.Counts],
            CellAir => [start.Counts[0], end.Counts[0]],
            TokenAir => [F.FromUInt32((uint)segment)],
            _ => None(air, "a segment"),
        };
    }

    /// <summary>Those of each table of the state's tree.</summary>
    /// <param name="airs">The key's tables, in order.</param>
    /// <param name="statement">What is proven.</param>
    /// <exception cref="ArgumentException">A table with public values that the tree has not, or a root that is no digest.</exception>
    public static F[][] OfTree(IReadOnlyList<IAir> airs, BatchStatement statement)
    {
        if (!TreeKey.TryReadDigest(statement.FirstRoot, out Eight before) || !TreeKey.TryReadDigest(statement.RootAfter, out Eight after))
            throw new ArgumentException($"Expected roots of the state's tree, got {statement.FirstRoot} and {statement.RootAfter}.", nameof(statement));
        F[] roots = CloseAir.PublicValues(before, after);
        return [.. airs.Select(air => air is CloseAir ? roots : None(air, "the tree"))];
    }

    private static F[] None(IAir air, string where) => air.Shape.PublicValues == 0 ? [] :
        throw new ArgumentException($"Expected a table of {where} or one without public values, got {air.Shape.Name} with {air.Shape.PublicValues}.", nameof(air));
}
