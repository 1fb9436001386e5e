using Prozchain.Zk.Air;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Backends;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Lists of proofs that exchange messages: what is valid, and what is refused for which reason.</summary>
public sealed class StarkGroupTests
{
    private static readonly Lazy<(MemoryList List, StarkProof[] Proofs)> s_three = new(() =>
    {
        MemoryList list = MemoryList.Of(2);
        return (list, list.Prove());
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AMemorySplitOverProofs_AtFullSecurity(int segments)
    {
        MemoryList list = MemoryList.Of(segments, parameters: MemoryList.Secure);
        Assert.All(list.Parts, part => Assert.True(part.Key.Parameters.Report.ProvenBits >= 100));
        IReadOnlyList<GroupPlace> places = list.Places();
        // In any order, each alone, and again the same.
        StarkProof[] proofs = new StarkProof[places.Count];
        for (int i = proofs.Length - 1; i >= 0; i--) proofs[i] = list.Parts[i].Prove(places[i], new() { CheckTraces = true });
        Assert.Equal(new GroupResult(GroupVerdict.Valid), list.Verify(proofs));
        Assert.True(list.Verify(proofs).IsValid);
        Assert.Equal(MemoryList.Bytes(proofs[1]), MemoryList.Bytes(list.Parts[1].Prove(places[1], new() { MaxDegreeOfParallelism = 2 })));
        for (int i = 0; i < proofs.Length; i++)
        {
            GroupProof<F> one = new(list.Parts[i].Key, list.Parts[i].Publics, proofs[i]);
            Assert.Equal(VerifyResult.Valid, StarkGroup.VerifyAlone(one, places[i]));
            Assert.Equal(VerifyResult.WrongIndex, StarkGroup.VerifyAlone(one, places[(i + 1) % places.Count]));
        }
    }

    [Fact]
    public void TheSameAirs_WithoutSharedBuses_StandAlone()
    {
        MemoryList list = MemoryList.Of(1);
        IAir[] airs = [.. list.Parts.SelectMany(part => part.Airs)];
        StarkKey<F> key = StarkKey.Create<F>(airs, MemoryList.Secure(StarkKey.ShapeOf<F>(airs, 4, 4)));
        F[][] publics = [.. list.Parts.SelectMany(part => part.Publics)];
        Trace<F>[] traces = [.. list.Parts.SelectMany(part => part.Traces)];
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, publics, StarkProver.Prove(key, traces, publics)));
        Assert.Empty(key.EarlyTables);
    }

    [Fact]
    public void Swapped_Replayed_LeftOut_Added()
    {
        (MemoryList list, StarkProof[] proofs) = s_three.Value;
        Assert.True(list.Verify(proofs).IsValid);
        Assert.Equal(new(GroupVerdict.WrongPlace, 1), list.Verify([proofs[0], proofs[2], proofs[1]]));
        Assert.Equal(new(GroupVerdict.WrongPlace, 2), list.Verify([proofs[0], proofs[1], proofs[1]]));
        Assert.Equal(new(GroupVerdict.WrongCount, 0), list.Verify([proofs[0], proofs[1]]));
        Assert.Equal(new(GroupVerdict.WrongCount), list.Verify([]));
        MemoryList more = MemoryList.Of(3);
        Assert.Equal(new(GroupVerdict.WrongCount, 0), more.Verify([.. proofs, proofs[2]]));
    }

    [Fact]
    public void AnotherStatement_List_OrKey()
    {
        (MemoryList list, StarkProof[] proofs) = s_three.Value;
        MemoryList other = MemoryList.Of(2);
        other.Statement = "another list"u8.ToArray();
        Assert.Equal(new(GroupVerdict.WrongStatement), other.Verify(proofs));
        StarkProof[] others = other.Prove();
        Assert.True(other.Verify(others).IsValid);
        Assert.Equal(new(GroupVerdict.OtherList, 1), list.Verify([proofs[0], others[1], proofs[2]]));
        // What was proven in one list, with the place of another in front.
        StarkProof moved = new(others[1].LogRows.ToArray(), others[1].Messages.ToArray(), proofs[1].Place);
        Assert.Equal(new(GroupVerdict.InvalidProof, 1, VerifyResult.ConstraintMismatch), NoWork(list.Verify([proofs[0], moved, proofs[2]])));
        // Another memory under the same statement.
        MemoryList third = MemoryList.Of(2, seed: 2);
        Assert.Equal(new(GroupVerdict.OtherList, 2), list.Verify([proofs[0], proofs[1], third.Prove()[2]]));
        // Another key of the same tables.
        GroupProof<F>[] items = [.. proofs.Select((proof, i) => new GroupProof<F>(list.Parts[i].Key, list.Parts[i].Publics, proof))];
        StarkKey<F> widened = MemoryList.Key(list.Parts[1].Airs, 4, shape => MemoryList.Quick(shape with { Constraints = shape.Constraints + 1 }));
        Assert.Equal(new(GroupVerdict.WrongStatement), StarkGroup.Verify(list.Statement, [items[0], items[1] with { Key = widened }, items[2]]));
    }

    [Fact]
    public void PublicValues_Changed()
    {
        (MemoryList list, StarkProof[] proofs) = s_three.Value;
        GroupProof<F>[] items = [.. proofs.Select((proof, i) => new GroupProof<F>(list.Parts[i].Key, list.Parts[i].Publics, proof))];
        F[][] publics = list.Parts[2].Publics;
        Assert.Equal(new(GroupVerdict.WrongStatement), StarkGroup.Verify(list.Statement, [items[0], items[1], items[2] with { PublicValues = [publics[0], [F.FromUInt32(3)]] }]));
        Assert.Equal(new(GroupVerdict.InvalidProof, 2, VerifyResult.ConstraintMismatch), NoWork(StarkGroup.Verify(list.Statement, [items[0], items[1], items[2] with { PublicValues = [[F.One], publics[1]] }])));
    }

    [Fact]
    public void EarlyTables_ChangedAfterwards()
    {
        MemoryList list = MemoryList.Of(2);
        IReadOnlyList<GroupPlace> places = list.Places();
        StarkProof[] honest = [.. places.Select((place, i) => list.Parts[i].Prove(place))];
        list.Forge(2);
        Assert.Throws<InvalidTraceException>(() => list.Parts[2].Prove(places[2]));
        // Bound to the same challenges, which other tables led to.
        StarkProof late = list.Parts[2].Prove(new(2, 3, places[2].Nonce, places[2].Digest, list.Parts[2].Commit().Cap));
        Assert.Equal(new(GroupVerdict.WrongStatement), list.Verify([honest[0], honest[1], late]));
    }

    [Fact]
    public void AForgedMemory_DoesNotBalance()
    {
        MemoryList list = MemoryList.Of(2).Forge(2);
        Assert.Equal(new(GroupVerdict.Imbalance), list.Verify(list.Prove()));
        TraceFault fault = TraceChecker<F>.Faults([.. list.Parts.Select(part => part.Check())], MemoryList.Shared)[0];
        Assert.Equal((TraceFaultKind.Bus, "account"), (fault.Kind, fault.Constraint));
    }

    [Fact]
    public void TraceChecker_NamesTheProof()
    {
        MemoryList list = MemoryList.Of(2);
        TraceChecker<F>[] checkers = [.. list.Parts.Select(part => part.Check())];
        Assert.Empty(TraceChecker<F>.Faults(checkers, MemoryList.Shared));
        Assert.Empty(checkers[1].Faults(MemoryList.Shared));
        Assert.NotEmpty(checkers[1].Faults());
        list.Parts[2].Traces[0][StepAir.Amount, 0] += F.One;
        IReadOnlyList<TraceFault> faults = TraceChecker<F>.Faults([checkers[0], checkers[1], list.Parts[2].Check()], MemoryList.Shared);
        Assert.All(faults, fault => Assert.StartsWith("proof 2, steps", fault.Table, StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Constraint == "added");
        Assert.Throws<InvalidTraceException>(() => list.Parts[2].Prove(list.Places()[2], new() { CheckTraces = true }));
        // Left out of the list, its messages are missed.
        Assert.Contains("account", TraceChecker<F>.Faults([checkers[0], checkers[1]], MemoryList.Shared)[0].Constraint, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryWay_GivesTheSameProof()
    {
        MemoryList list = MemoryList.Of(1, logRows: 8);
        IReadOnlyList<GroupPlace> places = list.Places();
        for (int i = 0; i < places.Count; i++)
        {
            MemoryPart part = list.Parts[i];
            byte[] expected = MemoryList.Bytes(part.Prove(places[i]));
            Assert.Equal(expected, MemoryList.Bytes(part.Prove(places[i], new() { Backend = new NaiveBackend() })));
            Assert.Equal(part.Commit().Cap, part.Commit(threads: 2).Cap);
            byte[] heights = [.. part.Traces.Select(_ => (byte)8)];
            foreach (long budget in MemoryPlan.Ways(part.Key, new ProofLayout<F>(part.Key, heights), new bool[part.Key.Count], 2).Where(way => way.LogPieces is 0 or 5).Select(way => way.Bytes))
            {
                MemoryTests.CountingBackend counting = new();
                Assert.Equal(expected, MemoryList.Bytes(part.Prove(places[i], new() { MemoryBudget = budget, MaxDegreeOfParallelism = 2, Backend = counting })));
                Assert.InRange(counting.Memory!.Peak, budget * 0.9, budget);
            }
            Trace<F>[] owned = [.. part.Traces.Select(Copy)];
            Assert.Equal(expected, MemoryList.Bytes(StarkProver.Prove(part.Key, owned, part.Publics, new() { OverwriteTraces = true }, place: places[i])));
        }

        // With room, so that a table without lookups of its own would be overwritten before the shared ones are computed.
        static Trace<F> Copy(Trace<F> trace)
        {
            Trace<F> copy = Trace<F>.WithRoom(trace.Width, trace.Height, 1);
            for (int i = 0; i < trace.Width; i++) trace.Column(i).CopyTo(copy.Column(i));
            return copy;
        }
    }

    [Fact]
    public void Misuse_IsTheCallers()
    {
        (MemoryList list, StarkProof[] proofs) = s_three.Value;
        MemoryPart part = list.Parts[1];
        Assert.Throws<ArgumentException>(() => StarkVerifier.Verify(part.Key, part.Publics, proofs[1]));
        Assert.Throws<ArgumentException>(() => StarkProver.Prove(part.Key, part.Traces, part.Publics));
        FrozenProof alone = new();
        Assert.Throws<ArgumentException>(() => StarkGroup.Verify([], [new GroupProof<F>(alone.Key, [[F.One], []], proofs[0])]));
        Assert.Throws<ArgumentException>(() => StarkGroup.Commit(part.Key, part.Traces, [part.Publics[1]]));
        Assert.Throws<ArgumentException>(() => StarkGroup.Commit(part.Key, [part.Traces[1]], [[]]));
        Assert.Throws<ArgumentException>(() => StarkGroup.Commit(part.Key, [new Trace<F>(TokenAir.Width, 32)], [part.Publics[1]]));
        Assert.Throws<ArgumentException>(() => StarkGroup.Challenges<F>([], []));
        // Other buses, other grinding, no table that shares.
        StarkKey<F> smaller = MemoryList.Key(part.Airs, 4, shared: new([MemoryBuses.Account], 11));
        StarkKey<F> lazier = MemoryList.Key(part.Airs, 4, shape => StarkParameters.ForBenchmark(shape, 4, 1, 6, MemoryList.Grinding with { Shared = 2 }, 2, 1));
        foreach (StarkKey<F> key in (StarkKey<F>[])[smaller, lazier])
            Assert.Throws<ArgumentException>(() => StarkGroup.Challenges([], [part.Commit(), (part with { Key = key }).Commit()]));
        Assert.Throws<ArgumentException>(() => StarkKey.ShapeOf<F>([new StepAir()], 4, 4, shared: MemoryList.Shared));
        Assert.Throws<ArgumentException>(() => new SharedBuses([], 4));
        Assert.Throws<ArgumentException>(() => new SharedBuses([MemoryBuses.Account, MemoryBuses.Account], 4));
        // A proof that stands alone is not one of a list, and the other way round.
        Assert.Equal(new(GroupVerdict.InvalidProof, 0, VerifyResult.WrongShape), list.Verify([new StarkProof([4], []), proofs[1], proofs[2]]));
        Assert.Equal(VerifyResult.WrongShape, StarkVerifier.Verify(alone.Key, [[F.One], []], new StarkProof([5, 8], [], proofs[0].Place)));
    }

    [Fact]
    public void MoreMessagesThanWereCounted()
    {
        // 2^4 rows with two messages each: room for 2^6 is full after two proofs.
        SharedBuses few = new([MemoryBuses.Account], 6);
        MemoryList list = MemoryList.Of(1);
        StarkKey<F> key = MemoryList.Key(list.Parts[1].Airs, 4, shared: few);
        MemoryPart part = list.Parts[1] with { Key = key };
        EarlyCommitment<F> early = part.Commit();
        Assert.Equal(2, StarkGroup.Challenges([], [early, early]).Count);
        Assert.Throws<ArgumentException>(() => StarkGroup.Challenges([], [early, early, early]));
        GroupPlace place = StarkGroup.Challenges([], [early])[0];
        GroupProof<F>[] items = [.. Enumerable.Range(0, 3).Select(i => new GroupProof<F>(key, part.Publics, new StarkProof([4, 4], [], new(i, 3, place.Nonce, place.Digest, place.Cap))))];
        Assert.Equal(new(GroupVerdict.TooManyMessages, 2), StarkGroup.Verify<F>([], items));
    }

    // Where nonces are not those of the challenges that follow, the work may be missed first.
    private static GroupResult NoWork(GroupResult result) => result.Reason == VerifyResult.InsufficientWork ? result with { Reason = VerifyResult.ConstraintMismatch } : result;
}
