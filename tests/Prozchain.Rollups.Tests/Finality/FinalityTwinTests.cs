using System.Collections.Immutable;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Rollups.Transition;
using C = Prozchain.Rollups.Evm.StateChainContract;
using P = Prozchain.Rollups.Evm.ProofRegistryContract;

namespace Prozchain.Rollups.Tests.Finality;

/// <summary>The model of finality against the contracts, over random schedules of claims, proofs, disputes and halts: the same calls count, and the same is final.</summary>
public sealed class FinalityTwinTests : FinalityTest
{
    private const int Batches = 12, Segments = 4;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Model_AndContracts_Agree(int agreeing)
    {
        var seen = new HashSet<string>();
        for (int seed = 0; seed < 8; seed++)
        {
            await using var world = new InProcessWorld();
            await new Run(world, seed, agreeing, seen).GoAsync();
        }
        Assert.Empty(((string[])["claimed", "proven", "refuted", "halted", "resumed", "contested", "stands", "fell", "early", "late", "exit", "exit of all", "exit that waited"]).Except(seen));
    }

    private sealed class Run(InProcessWorld world, int seed, int agreeing, HashSet<string> seen)
    {
        private static readonly (EvidenceKind Kind, int System)[] s_systems = [(EvidenceKind.ValidityProof, 0), (EvidenceKind.ValidityProof, 1), (EvidenceKind.TeeAttestation, 0)];

        private readonly Random _random = new(seed * 10 + agreeing);
        private readonly FinalityParameters _parameters = Parameters(FinalityMode.Hybrid, agreeing);
        private readonly Digest32[] _heads = new Digest32[Batches];

        // The claim about each batch, as the lane numbers it, and all that were ever made.
        private readonly List<Made> _standing = [], _all = [];
        private L1Address _registry, _chain, _disputes, _policy;
        private FinalityLane _lane = null!;

        private ulong Now => world.Chain.Head.TimestampSeconds;

        public async Task GoAsync()
        {
            await StartAsync();
            for (int i = 0; i < 60; i++)
            {
                if (_random.Next(3) > 0) world.Chain.Mine(Now + (ulong)(_random.Next(2) == 0 ? _random.Next(700) : _random.Next(3 * 86_400)));
                await FinalizeAsync();
                _lane.Advance(Now);
                switch (_random.Next(10))
                {
                    case <= 2:
                        await ClaimAsync();
                        break;
                    case <= 6:
                        int first = _random.Next(Segments), count = _random.Next(2) == 0 ? Segments : 1;
                        (int at, int system, bool isLie) = (_random.Next(Math.Max(1, _all.Count)), _random.Next(s_systems.Length), _random.Next(14) == 0);
                        // The newest claim as a rule, of the first segment on or of one, by all systems or one.
                        if (_all.Count > 0 && _random.Next(3) > 0) at = _all.Count - 1;
                        for (int segment = count == Segments ? 0 : first; at < _all.Count && segment < (count == Segments ? Segments : first + 1); segment++)
                            for (int each = 0; each < s_systems.Length; each++)
                                if (each == system || _random.Next(2) == 0) await ProveAsync(_all[at], segment, each, isLie);
                        break;
                    case 7:
                        await ContestAsync();
                        break;
                    case 8:
                        await SettleAsync();
                        break;
                    default:
                        await ResumeAsync();
                        break;
                }
                await FinalizeAsync();
                await CompareAsync();
            }
        }

        private async Task StartAsync()
        {
            L1Address inbox = await world.DeployAsync("Inbox", world.AddressOf(0), AbiValue.List(), 0UL);
            AbiValue verifiers = AbiValue.List(await world.DeployAsync("TestProof", true), await world.DeployAsync("TestProof", true), await world.DeployAsync("TestProof", true));
            _registry = await world.DeployAsync("ProofRegistry", world.AddressOf(0), verifiers, AbiValue.List(true, true, false), (ulong)agreeing);
            _disputes = await world.DeployAsync("TestDisputes");
            L1Address vault = await world.NextContractAsync(0);
            _chain = await world.NextContractAsync(1);
            await world.DeployAsync("BondVault", AbiValue.List(_chain), default(L1Address), 60UL);
            await world.DeployAsync(
                "StateChain", inbox, _disputes, vault, _registry, world.AddressOf(0), _parameters.OptimisticPeriod, _parameters.ValidityDelay, Day, 2UL, 3UL, World.Root(0), (ulong)_parameters.SegmentSteps);
            var rules = new List<AbiValue>();
            foreach (FinalityRule rule in _parameters.Policy.Rules) rules.Add(AbiValue.List((ulong)rule.Kind, (ulong)rule.Token, rule.FromValue, (ulong)rule.Requirement));
            _policy = await world.DeployAsync("FinalityPolicy", _chain, AbiValue.List([.. rules]));
            for (int batch = 0; batch < Batches; batch++)
            {
                await world.DoAsync(0, inbox, InboxContract.AppendCalldata, 0, (ulong)batch, AbiValue.Of(new byte[] { 1 }), 0UL, await world.NoItemsAsync());
                _heads[batch] = (await world.ReadAsync(inbox, InboxContract.BatchHeads, (ulong)batch))[0].ToDigest();
            }
            _lane = new FinalityLane(_parameters, Exit(_parameters), C.LeafOf(World.Root(0), default), static (EvidenceKind _, int _, in SegmentRange _, in Digest32 _, in Digest32 _, ReadOnlySpan<byte> _) => true, Now);
        }

        // Of the next batch, or of any; true ones and others.
        private async Task ClaimAsync()
        {
            int batch = _random.Next(4) == 0 ? _random.Next(Batches) : Math.Min(_standing.Count, Batches - 1);
            int tale = _random.Next(2);
            Digest32 state = World.Root(1_000 + 10 * batch + tale), exit = World.Root(2_000 + batch);
            var leaves = new Digest32[(int)Steps];
            var machines = new StepMachine[Segments];
            for (int i = 0; i < leaves.Length; i++)
            {
                leaves[i] = World.Root(3_000 + 100 * batch + i + (i >= 3 ? 50 * tale : 0));
                if (i % 2 == 0) continue;
                machines[i / 2] = new StepMachine(leaves[i], default, (ulong)(i / 2 + 1), default, default, default);
                leaves[i] = machines[i / 2].Leaf();
            }
            leaves[^1] = C.LeafOf(state, exit);
            var tree = new ClaimTree(3, leaves);
            AbiValue call = AbiValue.List([(ulong)batch, _heads[batch], tree.Node(2, 0), tree.Node(2, 1), state, exit, DisputeMoves.Opening(tree, Steps - 1)]);
            bool isSent = await TrySendAsync(_chain, C.Propose, 2, [.. call.Items]);
            // What the model knows no number of cannot be asked of it.
            if (batch > _standing.Count)
            {
                Assert.False(isSent);
                return;
            }
            Made? below = batch == 0 ? null : _standing[batch - 1];
            int number = _lane.Claims.Count;
            FinalityResult result = _lane.Propose(below?.Id, tree.Claim, Steps, Now);
            Assert.Equal(result == FinalityResult.Accepted, isSent);
            if (!isSent) return;
            seen.Add("claimed");
            AbiValue claim = C.ClaimOf(below is null ? default : C.IdOf((ulong)batch - 1, below.Claim), tree.Node(2, 0), tree.Node(2, 1), leaves[^1], world.AddressOf(0), Now);
            var made = new Made(number, batch, claim, tree, machines, below);
            _standing.Add(made);
            _all.Add(made);
        }

        private async Task ProveAsync(Made made, int segment, int system, bool isLie)
        {
            ProofTarget target = ProofTarget.At(_parameters, _lane.Claims[made.Id].StartRoot, made.Tree, segment);
            Digest32 proven = isLie ? World.Root(9_000 + segment) : target.PostRoot;
            FinalityResult result = _lane.Prove(made.Id, target.Submit(made.Tree, s_systems[system].Kind, s_systems[system].System, proven, Valid), Now);
            await TrySendAsync(
                _registry, P.Submit, 0, (ulong)system, target.PreRoot, proven, C.SegmentHead(_heads[made.Batch], target.From, target.To), AbiValue.Of(ReadOnlyMemory<byte>.Empty));
            AbiValue Opening(ulong edge) => edge is 0 or Steps ? AbiValue.List() : DisputeMoves.Opening(made.Tree, edge - 1);
            AbiValue stretch = AbiValue.List((ulong)segment, 1UL, target.PreRoot, Opening(target.From), target.PostRoot, Opening(target.To)), parent = made.Parent?.Claim ?? made.Claim;
            bool stands = _standing.Contains(made);
            if (isLie)
            {
                bool hasFallen = await TrySendAsync(_chain, C.RefuteSegments, 0, (ulong)made.Batch, made.Claim, parent, stretch, proven);
                Assert.Equal(stands && _lane.Claims[made.Id].IsRejected, hasFallen);
                if (hasFallen) await FallAsync(made, "refuted");
            }
            else if (await TrySendAsync(_chain, C.ProveSegments, 0, (ulong)made.Batch, made.Claim, parent, stretch))
            {
                Assert.True(stands && result == FinalityResult.Accepted && _lane.Claims[made.Id].IsProven(segment));
                AbiValue Machine(int edge) => C.MachineOf(edge is 0 or Segments ? default : made.Machines[edge - 1]);
                Assert.True(await TrySendAsync(_chain, C.CoverExits, 0, (ulong)made.Batch, made.Claim, (ulong)segment, 1UL, Machine(segment), Opening(target.From), Machine(segment + 1), Opening(target.To)));
                seen.Add("proven");
            }
            if (_lane.IsHalted) seen.Add("halted");
            Assert.Equal(_lane.IsHalted, (await world.ReadAsync(_registry, P.Halted))[0].ToBool());
        }

        private async Task ContestAsync()
        {
            if (_standing.Count == 0) return;
            Made made = _standing[_random.Next(_standing.Count)];
            var rival = new ClaimTree(3, [C.LeafOf(World.Root(4), default)]);
            FinalityResult result = _lane.Challenge(made.Id, Now);
            bool isSent = await TrySendAsync(
                _chain, C.Contest, 2, (ulong)made.Batch, made.Claim, made.Parent?.Claim ?? made.Claim, rival.Node(2, 0), rival.Node(2, 1), World.Root(4), default(Digest32), DisputeMoves.Opening(rival, Steps - 1));
            Assert.Equal(result == FinalityResult.Accepted, isSent);
            if (isSent) seen.Add("contested");
        }

        private async Task SettleAsync()
        {
            if (_standing.Find(made => _lane.Claims[made.Id].IsDisputed) is not { } made) return;
            ulong dispute = (await world.ReadAsync(_chain, C.Disputes, (ulong)made.Batch))[0].ToUInt64();
            bool stands = _random.Next(2) == 0, isLive = _lane.Claims[made.Id].FinalAt is null;
            Assert.Equal(FinalityResult.Accepted, _lane.Settle(made.Id, stands, Now));
            Assert.True(await TrySendAsync(_disputes, TestDisputesTwin.End, 0, _chain, (ulong)made.Batch, dispute - 1, stands, made.Claim));
            seen.Add("stands");
            if (!stands && isLive) await FallAsync(made, "fell");
        }

        private async Task ResumeAsync()
        {
            if (!_lane.IsHalted || _random.Next(2) == 0) return;
            Assert.True(await TrySendAsync(_registry, P.Resume, 0));
            _lane.Resume(Now);
            seen.Add("resumed");
            // A proof of the very second of the resume is of before it.
            world.Chain.Mine(Now + 1);
        }

        // What builds upon a claim that fell goes with it.
        private async Task FallAsync(Made made, string how)
        {
            seen.Add(how);
            int at = _standing.IndexOf(made);
            foreach (Made above in _standing.Skip(at + 1)) Assert.True(await TrySendAsync(_chain, C.Discard, 0, (ulong)above.Batch, above.Claim));
            _standing.RemoveRange(at, _standing.Count - at);
        }

        // One at a time, as far as it goes now.
        private async Task FinalizeAsync()
        {
            for (ulong count = await FinalCountAsync(); count < (ulong)_standing.Count; count++)
            {
                Made made = _standing[(int)count];
                int tale = made.Tree.Leaf(Steps - 1) == C.LeafOf(World.Root(1_000 + 10 * made.Batch), World.Root(2_000 + made.Batch)) ? 0 : 1;
                if (!await TrySendAsync(_chain, C.FinalizeBatches, 0, AbiValue.List(made.Claim), World.Root(1_000 + 10 * made.Batch + tale), World.Root(2_000 + made.Batch), false)) return;
                seen.Add(Now < made.Claim[5].ToUInt64() + _parameters.OptimisticPeriod ? "early" : "late");
            }
        }

        private async Task CompareAsync()
        {
            _lane.Advance(Now);
            ulong final = await FinalCountAsync();
            Assert.Equal((ulong)_standing.Count(made => _lane.Claims[made.Id].FinalAt is not null), final);
            Assert.Equal(_standing.Count, _lane.Claims.Count(claim => !claim.IsRejected));
            foreach (Made made in _standing)
            {
                FinalityClaim claim = _lane.Claims[made.Id];
                Assert.Equal((ulong)claim.Status + 1, (await world.ReadAsync(_chain, C.Status, (ulong)made.Batch))[0].ToUInt64());
                for (int segment = 0; segment < Segments; segment++)
                    foreach (UInt128 value in (UInt128[])[999, 1_000, 1_000_000])
                    {
                        var check = new ChainCall(_policy, FinalityPolicyContract.Check.Encode((ulong)EffectKind.Withdrawal, (ulong)made.Batch, (ulong)segment, 0UL, value));
                        bool isFree = (ulong)made.Batch < final && (await world.As(0).CallAsync(check, TestContext.Current.CancellationToken)).IsOk;
                        Assert.Equal(_lane.IsFinal(made.Id, new Operation((ulong)segment * 2 + 1, EffectKind.Withdrawal, 0, value), Now), isFree);
                        if (isFree && value > 999) seen.Add(claim.ProvenAt is null ? "exit" : value > 1_000 ? "exit that waited" : "exit of all");
                    }
            }
        }

        private async Task<ulong> FinalCountAsync() => (await world.ReadAsync(_chain, C.FinalCount))[0].ToUInt64();

        // In a block of the same time.
        private async Task<bool> TrySendAsync(L1Address to, AbiFunction function, UInt128 value, params AbiValue[] arguments)
        {
            ValueTask<ChainReceipt> sent = world.As(0).SendAsync(new ChainCall(to, function.Encode(arguments), value), TestContext.Current.CancellationToken);
            world.Chain.Mine(Now);
            return (await sent).IsOk;
        }

        private sealed record Made(int Id, int Batch, AbiValue Claim, ClaimTree Tree, StepMachine[] Machines, Made? Parent);
    }
}
