using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Disputes;

/// <summary>A wrong assertion loses wherever and however it is wrong; a right one survives whoever challenges it.</summary>
public sealed class DisputeTests
{
    public enum Lie
    {
        /// <summary>From the wrong step on, roots that no state has.</summary>
        Noise,

        /// <summary>At the wrong step somebody gets money from nowhere; from there on all is consistent.</summary>
        Minted,

        /// <summary>The wrong transfer is left out; from there on all is consistent.</summary>
        Censored,
    }

    public static TheoryData<Lie, int, int> Lies()
    {
        var data = new TheoryData<Lie, int, int>();
        foreach (Lie lie in Enum.GetValues<Lie>())
            foreach (int count in (int[])[1, 2, 3, 8, 13])
                for (int at = 1; at <= count; at++)
                    if (count < 8 || at is 1 or 2 or 4 or 7 or 8 or 13) data.Add(lie, count, at);
        return data;
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task WrongAssertion_AtAnyStep_Loses(Lie lie, int count, int at)
    {
        var world = new World();
        SequencedBatch batch = await world.PostAsync(count, seed: count);
        BatchTrace trace = Falsify(world, batch, lie, at);
        Assert.NotEqual(batch.PostRoot, trace.PostRoot);
        RollupNode node = world.NewNode();
        var liar = new Proposer(world.NewNode(), world.Poster, _ => trace);
        var verifier = new Verifier(node, world.Watcher);
        await PlayAsync(world, node, liar, verifier);

        Assert.Equal(DisputePhase.ChallengerWon, node.Settlement.FindDispute(0)!.Phase);
        Assert.Equal(at, node.Settlement.FindDispute(0)!.High);
        Assert.Equal(AssertionStatus.Rejected, node.Settlement.FindAssertion(0)!.Status);
        Assert.Equal(World.Deposit + World.Bond / 2, node.Settlement.FindActor(verifier.Address)!.Value.Free);
        Assert.True(node.Settlement.FindActor(liar.Address)!.Value.Free <= World.Deposit - World.Bond);
        Assert.Equal(4 * World.Deposit, node.Settlement.TotalUnits);
        await FinishHonestlyAsync(world, node, batch);
    }

    [Fact]
    public async Task WrongAssertion_WhoseAuthorIsSilent_LosesByTheClock()
    {
        var world = new World();
        SequencedBatch batch = await world.PostAsync(8);
        RollupNode node = world.NewNode();
        await world.AppendAsync(node, world.Poster, World.AssertionOf(0, Falsify(world, batch, Lie.Noise, 3)));
        var verifier = new Verifier(node, world.Watcher);
        Assert.Equal(0, (await verifier.StepAsync()).Challenged);
        await node.SyncAsync();
        world.Log.Advance(node.Genesis.Parameters.DisputeClock);
        await verifier.StepAsync();
        Assert.Equal(DisputePhase.Bisect, node.Settlement.FindDispute(0)!.Phase);
        world.Log.Advance();
        await verifier.StepAsync();
        Assert.Equal(DisputePhase.ChallengerWon, node.Settlement.FindDispute(0)!.Phase);
        await FinishHonestlyAsync(world, node, batch);
    }

    [Theory]
    [InlineData("agrees")]
    [InlineData("disagrees")]
    [InlineData("guesses")]
    [InlineData("stays silent")]
    [InlineData("proves the step itself")]
    public async Task RightAssertion_WhateverTheChallengerDoes_Survives(string challenger)
    {
        var world = new World();
        SequencedBatch batch = await world.PostAsync(11);
        RollupNode node = world.NewNode();
        var proposer = new Proposer(world.NewNode(), world.Poster);
        await proposer.StepAsync();
        await world.AppendAsync(node, world.Stranger, new ChallengeCall(0));
        var random = new Random(5);
        for (int round = 0; round < 200 && node.Settlement.OpenDisputes.Count > 0; round++)
        {
            Dispute dispute = node.Settlement.OpenDisputes[0];
            bool leavesTheStep = challenger == "proves the step itself" && dispute.Phase == DisputePhase.ProveStep;
            if (leavesTheStep) await world.AppendAsync(node, world.Stranger, node.ProveStep(0, 0, dispute.Low)!);
            else await proposer.StepAsync();
            await node.SyncAsync();
            if (challenger != "stays silent" && dispute.Phase == DisputePhase.Respond)
                await world.AppendAsync(node, world.Stranger, new RespondCall(0, dispute.Middle, challenger switch { "agrees" => true, "guesses" => random.Next(2) == 0, _ => false }));
            world.Log.Advance();
            await node.SyncAsync();
        }
        Assert.Equal(DisputePhase.AsserterWon, node.Settlement.FindDispute(0)!.Phase);
        Assert.Equal(World.Deposit - World.Bond / 2, node.Settlement.FindActor(world.Stranger.Address)!.Value.Free);
        world.Log.Advance(node.Genesis.Parameters.ChallengeWindow + 1);
        await node.SyncAsync();
        Assert.Equal(AssertionStatus.Final, node.Settlement.FindAssertion(0)!.Status);
        Assert.Equal((1L, batch.PostRoot), (node.Settlement.FinalCount, node.Settlement.FinalRoot));
        Assert.Equal(World.Deposit + World.Bond / 4, node.Settlement.FindActor(world.Poster.Address)!.Value.Free);
        Assert.Equal((ulong)World.Bond / 4, node.Settlement.Burned);
    }

    [Fact]
    public async Task ProveStep_WithDoctoredEvidence_IsRefused()
    {
        var world = new World();
        SequencedBatch batch = await world.PostAsync(1);
        RollupNode node = world.NewNode();
        await world.AppendAsync(node, world.Poster, World.AssertionOf(0, Falsify(world, batch, Lie.Minted, 1)));
        await world.AppendAsync(node, world.Watcher, new ChallengeCall(0));
        ProveStepCall honest = node.ProveStep(0, 0, 0)!;
        var contract = new SettlementContract(world.Genesis, new HashVerifier());
        var events = new List<SettlementEvent>();
        for (long i = 0; i < 3; i++)
        {
            var call = new System.Buffers.ArrayBufferWriter<byte>();
            await world.Log.ReadAsync(i, call, default);
            Assert.Equal(SettlementResult.Accepted, contract.Apply(0, call.WrittenMemory, events));
        }
        Assert.Equal(SettlementResult.WrongData, Send(honest with { Batch = (byte[])[.. honest.Batch.Span, 0] }));
        Assert.Equal(SettlementResult.WrongData, Send(honest with { Batch = default }));
        Assert.Equal(SettlementResult.WrongWitness, Send(honest with { Witness = default }));
        Assert.Equal(SettlementResult.WrongWitness, Send(honest with { Witness = new byte[] { 0, 0 } }));
        byte[] richer = honest.Witness.ToArray();
        richer[2 + 32 + 2] ^= 0x40; // the first account's balance
        Assert.Equal(SettlementResult.WrongWitness, Send(honest with { Witness = richer }));
        // All that the transfer touches, and more, all of it true: a judge does not even look.
        Assert.Equal(SettlementResult.WrongWitness, Send(honest with { Witness = WitnessOfAll(world, batch) }));
        Assert.Equal(DisputePhase.ProveStep, contract.FindDispute(0)!.Phase);
        Assert.Equal(SettlementResult.Accepted, Send(honest));
        Assert.Equal(DisputePhase.ChallengerWon, contract.FindDispute(0)!.Phase);

        SettlementResult Send(ProveStepCall payload)
        {
            long sequence = contract.FindActor(world.Stranger.Address)!.Value.NextSequence;
            return contract.Apply(1, SettlementCall.Encode(world.Stranger, world.Genesis.Digest, sequence, payload), events);
        }
    }

    [Fact]
    public async Task WrongTrace_WithTheRightEnd_IsHarmless()
    {
        var world = new World();
        SequencedBatch batch = await world.PostAsync(8);
        Digest32[] roots = Roots(batch.Trace);
        roots[4] = World.Root(9);
        RollupNode node = world.NewNode();
        await world.AppendAsync(node, world.Poster, World.AssertionOf(0, new BatchTrace(roots)));
        Assert.Equal(1, (await new Verifier(node, world.Watcher).StepAsync()).Agreed);
        world.Log.Advance(node.Genesis.Parameters.ChallengeWindow + 1);
        await node.SyncAsync();
        Assert.Equal(batch.PostRoot, node.Settlement.FinalRoot);
    }

    private static byte[] WitnessOfAll(World world, SequencedBatch batch)
    {
        Assert.Equal(BatchReadResult.Ok, Batch.TryRead(batch.Data, BatchLimits.Default, out Batch? read));
        var recording = new RecordingState<Prozchain.Rollups.State.KeccakTree>(world.Genesis.NewState().Store);
        foreach (AccountAddress account in world.Wallets.Select(wallet => wallet.Address).Append(read!.GetTransfer(0).Recipient)) recording.Read(account.StateKey(), out _);
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        recording.Witness()!.Write(output);
        return output.WrittenSpan.ToArray();
    }

    internal static BatchTrace Falsify(World world, SequencedBatch batch, Lie lie, int at)
    {
        Digest32[] roots = Roots(batch.Trace);
        if (lie == Lie.Noise)
        {
            for (int i = at; i < roots.Length; i++) roots[i] = World.Root(i);
            return new BatchTrace(roots);
        }
        Assert.Equal(BatchReadResult.Ok, Batch.TryRead(batch.Data, BatchLimits.Default, out Batch? read));
        RollupState state = world.Genesis.NewState();
        var transition = new PaymentsTransition(World.ChainId, new HashVerifier());
        for (int i = 0; i < read!.Count; i++)
        {
            bool wrong = i + 1 == at;
            if (wrong && lie == Lie.Minted) state.Credit(world.Stranger.Address, 1_000_000_000);
            if (!wrong || lie == Lie.Minted) transition.Apply(read.GetTransfer(i), true, default, state, new EffectLog());
            roots[i + 1] = state.Root();
        }
        return new BatchTrace(roots);
    }

    /// <summary>Until the dispute with a number is over. Stops before a loser can assert again.</summary>
    internal static async Task PlayAsync(World world, RollupNode node, Proposer proposer, Verifier verifier, long dispute = 0)
    {
        for (int round = 0; round < 400; round++)
        {
            await verifier.StepAsync();
            await node.SyncAsync();
            if (node.Settlement.FindDispute(dispute) is { IsOpen: false }) return;
            await proposer.StepAsync();
            world.Log.Advance();
        }
        Assert.Fail("Expected the dispute to end within 400 rounds.");
    }

    private static Digest32[] Roots(BatchTrace trace) => [.. Enumerable.Range(0, trace.Count + 1).Select(i => trace[i])];

    private static async Task FinishHonestlyAsync(World world, RollupNode node, SequencedBatch batch)
    {
        var honest = new Proposer(world.NewNode(), world.Rescuer);
        await node.SyncAsync();
        Assert.Equal(0, node.Settlement.AssertedCount);
        Assert.Equal(1, await honest.StepAsync());
        world.Log.Advance(node.Genesis.Parameters.ChallengeWindow);
        await node.SyncAsync();
        Assert.Equal(0, node.Settlement.FinalCount);
        world.Log.Advance();
        await node.SyncAsync();
        Assert.Equal((1L, batch.PostRoot), (node.Settlement.FinalCount, node.Settlement.FinalRoot));
        Assert.False(node.HasDiverged);
        Assert.Equal(node.StateRoot, node.Settlement.FinalRoot);
    }
}
