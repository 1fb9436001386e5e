using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Hosting;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Wire;

/// <summary>One encoding, or a few, of each format, from a small network with deterministic signatures.</summary>
internal sealed class WireSamples
{
    public static readonly WireSamples Instance = new();

    private WireSamples()
    {
        ShardLayout layout = ShardLayout.Create(3);
        ShardChain[] chains = [.. Enumerable.Range(0, 3).Select(i => TestNetwork.Chain(layout, i))];
        for (int i = 0; i < 6; i++)
        {
            Transfers.Add(TestNetwork.Pay(i, (5 * i + 7) % 32, (ulong)(i * i), 0).Encoded.ToArray());
            foreach (ShardChain chain in chains) chain.Submit(TestNetwork.Pay(i, (5 * i + 7) % 32, (ulong)(i * i), 0));
        }
        var validators = Enumerable.Range(0, 3).Select(i => new Validator(TestNetwork.Wallet(i).PublicKey, 100)).ToList();
        var beacon = new BeaconChain(new BeaconOptions
        {
            ChainId = TestNetwork.ChainId, Layout = layout, Genesis = [.. chains.Select(chain => chain.Tip)], Validators = validators,
            Committees = new Sharding.Committees.CommitteeParameters(4), Randomness = new Sharding.Ports.SeededRandomness(new byte[32]), Verifier = new TestVerifier(),
        });
        for (int round = 1; round <= 2; round++)
        {
            var blocks = new List<ShardBlock>();
            foreach (ShardChain chain in chains)
            {
                blocks.Add(chain.Propose(round));
                Assert.True(chain.Apply(blocks[^1]).IsValid);
            }
            foreach (ShardChain chain in chains)
                foreach (ShardChain other in chains)
                {
                    chain.Anchor(other.Tip);
                    foreach (var proven in other.LastSent)
                    {
                        chain.Receive(proven);
                        Bundles.Add(TestNetwork.Encode(proven.Bundle.Write));
                        Proofs.Add(TestNetwork.Encode(proven.Proof.Write));
                    }
                }
            var anchors = new List<Anchor>();
            foreach (ShardBlock block in blocks)
            {
                Sharding.Committees.Committee committee = beacon.Committees.Of(block.Header.Shard);
                var votes = committee.Members.Select((member, i) => Vote.Cast(i, Enumerable.Range(0, 3).Select(TestNetwork.Wallet).Single(wallet => wallet.PublicKey.Span.SequenceEqual(member.PublicKey.Span)), block.Header.Hash));
                anchors.Add(new Anchor(block.Header, Certificate.Assemble(committee, block.Header.Hash, [.. votes])));
                Headers.Add(TestNetwork.Encode(block.Header.Write));
                Blocks.Add(TestNetwork.Encode(block.Write));
                Certificates.Add(TestNetwork.Encode(anchors[^1].Certificate.Write));
            }
            BeaconBlock beaconBlock = beacon.Propose(round, new BeaconBody
            {
                Anchors = anchors,
                Exits = round == 1 ? [ExitOrder.Sign(TestNetwork.Wallet(0), TestNetwork.ChainId, 0)] : [],
                Records = [new ApplicationRecord(7, new byte[] { 1, 2, 3 }), new ApplicationRecord(8, default)],
            });
            Assert.True(beacon.Apply(beaconBlock).IsValid);
            BeaconBlocks.Add(TestNetwork.Encode(beaconBlock.Write));
            Rounds.Add(TestNetwork.Encode(new RoundRecord { Blocks = blocks, HostMark = new byte[] { 4, 5 }, Beacon = beaconBlock }.Write));
        }
        for (int i = 0; i < 40; i += 3)
        {
            ShardChain holder = chains.Single(chain => layout.ShardOf(TestNetwork.AddressOf(i)) == chain.Shard);
            StateProofs.Add(TestNetwork.Encode(holder.ProveAccount(TestNetwork.AddressOf(i)).Write));
        }
        Genesis.Add(TestNetwork.Encode(output => RoundRecord.WriteGenesis(output, TestNetwork.Key(1))));
    }

    public List<byte[]> Transfers { get; } = [];
    public List<byte[]> Bundles { get; } = [];
    public List<byte[]> Proofs { get; } = [];
    public List<byte[]> Headers { get; } = [];
    public List<byte[]> Blocks { get; } = [];
    public List<byte[]> Certificates { get; } = [];
    public List<byte[]> BeaconBlocks { get; } = [];
    public List<byte[]> Rounds { get; } = [];
    public List<byte[]> StateProofs { get; } = [];
    public List<byte[]> Genesis { get; } = [];

    public static IReadOnlyDictionary<string, List<byte[]>> ByFormat => new SortedDictionary<string, List<byte[]>>(StringComparer.Ordinal)
    {
        ["transfer"] = Instance.Transfers, ["bundle"] = Instance.Bundles, ["bundle-proof"] = Instance.Proofs, ["header"] = Instance.Headers,
        ["block"] = Instance.Blocks, ["certificate"] = Instance.Certificates, ["beacon-block"] = Instance.BeaconBlocks, ["round"] = Instance.Rounds,
        ["state-proof"] = Instance.StateProofs, ["genesis"] = Instance.Genesis,
    };
}
