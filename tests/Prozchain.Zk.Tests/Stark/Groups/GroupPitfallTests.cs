using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transforms;
using E = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Provers that lie about shared buses by doing everything else right, and what the columns and sums must be.</summary>
public sealed class GroupPitfallTests
{
    // The tables of a segment: steps, tokens, and the tokens' second reading.
    private const int SharedTokens = 2;

    private static LyingProver Liar(MemoryList list, int part, GroupPlace place) => new(list.Parts[part].Key, list.Parts[part].Traces, list.Parts[part].Publics) { Place = place };

    private static E Sum(MemoryPart part, StarkProof proof)
    {
        F[] sum = new F[4];
        Assert.Equal(VerifyResult.Valid, part.Key.Engine.Verify(part.Key, part.Publics, proof, sum));
        return E.FromCoefficients(sum);
    }

    [Fact]
    public void WithoutALie_ItIsTheProversProof()
    {
        MemoryList list = MemoryList.Of(1);
        IReadOnlyList<GroupPlace> places = list.Places();
        for (int i = 0; i < 2; i++) Assert.Equal(list.Parts[i].Prove(places[i]).Messages.ToArray(), Liar(list, i, places[i]).Prove().Messages.ToArray());
    }

    /// <summary>A sum that would balance is not that of the columns, whatever is opened.</summary>
    [Fact]
    public void ASharedSumThatFits()
    {
        MemoryList list = MemoryList.Of(1).Forge(1);
        IReadOnlyList<GroupPlace> places = list.Places();
        StarkProof ledger = list.Parts[0].Prove(places[0]);
        E needed = -Sum(list.Parts[0], ledger);
        foreach ((bool fits, VerifyResult reason) in ((bool, VerifyResult)[])[(false, VerifyResult.ConstraintMismatch), (true, VerifyResult.WrongFinalPolynomial)])
        {
            LyingProver liar = new(list.Parts[1].Key, list.Parts[1].Traces, list.Parts[1].Publics) { Place = places[1], Terminals = sums => sums[SharedTokens] = needed, FitsQuotient = fits };
            Assert.Equal(new(GroupVerdict.InvalidProof, 1, reason), list.Verify([ledger, liar.Prove()]));
        }
    }

    /// <summary>Sums of the proof's own buses and of shared ones do not stand in for each other.</summary>
    [Fact]
    public void ASumMovedFromOneScopeToTheOther()
    {
        MemoryList list = MemoryList.Of(1);
        IReadOnlyList<GroupPlace> places = list.Places();
        StarkProof ledger = list.Parts[0].Prove(places[0]);
        LyingProver liar = new(list.Parts[1].Key, list.Parts[1].Traces, list.Parts[1].Publics)
        {
            Place = places[1],
            Terminals = sums => (sums[0], sums[SharedTokens]) = (sums[0] + E.One, sums[SharedTokens] - E.One),
        };
        Assert.Equal(new(GroupVerdict.InvalidProof, 1, VerifyResult.LookupImbalance), list.Verify([ledger, liar.Prove()]));
    }

    /// <summary>Challenges of another list, for which the prover knows how its tables balance.</summary>
    [Fact]
    public void OtherChallenges()
    {
        MemoryList list = MemoryList.Of(1);
        IReadOnlyList<GroupPlace> places = list.Places();
        StarkProof ledger = list.Parts[0].Prove(places[0]);
        LyingProver liar = new(list.Parts[1].Key, list.Parts[1].Traces, list.Parts[1].Publics) { Place = places[1], SharedDigest = new byte[32] };
        Assert.Equal(new(GroupVerdict.InvalidProof, 1, VerifyResult.ConstraintMismatch), list.Verify([ledger, liar.Prove()]));
    }

    /// <summary>Another early table than the one committed to, behind the cap of the place.</summary>
    [Fact]
    public void AnotherTableBehindTheCap()
    {
        MemoryList list = MemoryList.Of(1);
        IReadOnlyList<GroupPlace> places = list.Places();
        StarkProof ledger = list.Parts[0].Prove(places[0]);
        list.Forge(1);
        Assert.Equal(new(GroupVerdict.InvalidProof, 1, VerifyResult.RootMismatch), list.Verify([ledger, Liar(list, 1, places[1]).Prove()]));
    }

    /// <summary>The shared sum by its definition: plus or minus 1 / (alpha + n + beta s + beta² v + beta³) over the messages.</summary>
    [Fact]
    public void TheSumAndTheColumns_AreThoseOfTheDefinition()
    {
        MemoryList list = MemoryList.Of(2);
        MemoryPart part = list.Parts[2];
        GroupPlace place = list.Places()[2];
        (E alpha, E beta) = GroupTranscript.Challenges<F, KoalaBear4>(place.Digest);
        Trace<F> tokens = part.Traces[1];
        E expected = default;
        for (int row = 0; row < tokens.Height && tokens[TokenAir.Real, row] == F.One; row++)
        {
            F account = tokens[TokenAir.Account, row];
            expected += Value(account, F.FromUInt32(2), tokens[TokenAir.Out, row]).Inverse() - Value(account, tokens[TokenAir.Before, row], tokens[TokenAir.In, row]).Inverse();
        }
        Assert.Equal(expected, Sum(part, part.Prove(place)));

        var facts = part.Key.Tables[SharedTokens];
        Assert.True(facts.IsShared && part.Key.Tables[1].IsEarly && !part.Key.Tables[0].IsEarly);
        ColumnLayout layout = new(facts.Lookups.Columns * 4, tokens.Height);
        F[] fast = new F[layout.Count * tokens.Height], naive = new F[fast.Length];
        Assert.True(LookupColumns.TryGenerate(facts.Tape, tokens, null, part.Publics[1], alpha, beta, fast, layout, out E terminal));
        Assert.True(NaiveLookupColumns.TryGenerate(facts.Tape, tokens, null, part.Publics[1], alpha, beta, naive.AsSpan(), layout, out E slow));
        Assert.Equal((expected, expected), (terminal, slow));
        Assert.Equal(naive, fast);

        E Value(F n, F s, F v) => alpha + E.FromBase(n) + beta * s + beta * beta * v + beta * beta * beta;
    }
}
