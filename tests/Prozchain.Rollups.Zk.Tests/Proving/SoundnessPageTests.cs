using System.Globalization;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Cells = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>The numbers of docs/rollup-soundness.md, computed again.</summary>
public sealed class SoundnessPageTests
{
    private static readonly GeneratedPage s_page = new("rollup-soundness.md");

    [Fact]
    public void Errors_AreThoseOfTheKeys()
    {
        BatchKeys keys = BatchKeys.Of<Cells>(TracedBatch.Exponent);
        (StarkParameters segment, StarkParameters tree) = (keys.Segment.Key.Parameters, keys.Tree.Key.Parameters);
        s_page.Check("keys", ["| | segment | tree |", "|---|---|---|", .. Facts(segment).Zip(Facts(tree), (one, other) => $"| {one.Name} | {one.Value} | {other.Value} |")]);
        Dictionary<string, SecurityRound> others = tree.Report.Rounds.GroupBy(round => round.Name).ToDictionary(group => group.Key, group => group.First());
        s_page.Check("rounds", ["| round | segment: bits, ground | tree: bits, ground | error before grinding |", "|---|---|---|---|", .. segment.Report.Rounds.Select(round =>
            $"| {round.Name} | {Bits(round)} | {(others.TryGetValue(round.Name, out SecurityRound? other) ? Bits(other) : "")} | {round.Formula} |")]);
        Assert.True(Math.Min(segment.Report.ProvenBits, tree.Report.ProvenBits) >= 100);
        Assert.Equal((ProximityRegime.UniqueDecoding, ProximityRegime.UniqueDecoding), (segment.Report.Regime, tree.Report.Regime));

        static string Bits(SecurityRound round) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(100 * round.Bits) / 100:F2}, {round.GrindingBits}");
    }

    /// <summary>Differences that the lemmas show to be those of integers: what two numbers in range can reach, and the modulus.</summary>
    [Fact]
    public void Ranges_DoNotReachTheModulus()
    {
        const long Modulus = 0x7F000001, Limb = 1 << 15, Number = 1L << 30;
        long gap = (Limb - Limbs.Margin - 1) * Limb + Limb - 1;
        Assert.True(Number - 1 + gap + 1 < Modulus, "a number, a gap to the count and 1");
        Assert.False(Number - 1 + Number - 1 + 1 < Modulus, "the margin is needed");
        Assert.True(gap + Number - 1 < Modulus, "the count, which has the margin too, and a gap above it");
        Assert.True(2 * (Limb - 1) + (Limb - 1) * Limb < Modulus, "offset and what is left of a room, their high limbs together in range");
        Assert.False(2 * (Number - 1) < Modulus, "in range each alone they could be");
        Assert.True(4L << BatchCircuit<Cells>.MostLogRows < Modulus - Limb, "times");
        Assert.True(Limb * (Limb + (1 << 13)) + Limb < Modulus, "a carry of a plain amount");
        Assert.True((Number + (1L << 27)) / Limb + 1 < Limb + (1 << 13), "the largest such carry fits");
        Assert.Equal(Modulus - 1, 127L << 24);
        Assert.Equal(3 * 64 - 137, Prozchain.Rollups.Zk.Signatures.HashSignature.Steps);
        Assert.Equal(TransactionAir.KeyIndices, (uint)Math.Pow(3, 10));
    }

    private static IEnumerable<(string Name, string Value)> Facts(StarkParameters key)
    {
        StarkShape shape = key.Shape;
        yield return ("tables, early ones twice", $"{shape.Tables}");
        yield return ("columns", $"{shape.Columns}");
        yield return ("lookup columns, over the extension", $"{shape.LookupColumns}");
        yield return ("constraints, those of lookups included", $"{shape.Constraints}");
        yield return ("interactions a row, over all tables", $"{shape.Lookups}");
        yield return ("elements of the longest message, with its bus", $"{shape.MessageWidth}");
        yield return ("public messages, at most", $"{shape.MaxPublicMessages}");
        yield return ("rows of a table", $"2^{shape.MinLogRows} to 2^{shape.MaxLogRows}");
        yield return ("shared messages of a list, at most", $"2^{shape.LogSharedMessages}");
        yield return ("extension, blowup", $"{key.ExtensionDegree}, {1 << key.LogBlowup}");
        yield return ("queries", $"{key.Queries}");
        yield return ("bits proven", string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(100 * key.Report.ProvenBits) / 100:F2}"));
        yield return ("round that proves least", key.Report.BindingRound.Name);
    }
}
