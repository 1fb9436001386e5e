using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.Tests.Engine;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Beacon;

/// <summary>A client of headers alone follows splits and merges, and checks cells of shards that it never heard of at first.</summary>
public class LayoutFollowingTests
{
    [Fact]
    public void Verify_CellsOverASplitAndAMerge_UnderTheShardOfTheTimeAlone()
    {
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(2, beacon: true));
        var client = new Client(engine);
        (int left, int right) = EngineWorld.Pair(engine.Layout);
        Digest mine = TestNetwork.AddressOf(left).Digest, theirs = TestNetwork.AddressOf(right).Digest;
        engine.Submit(EngineWorld.Pay(left, right, 7, 0));
        ShardId parent = engine.Layout.Shards[0].Id;
        engine.Round();
        client.Accept();
        AnchorProof oldAnchor = engine.Beacon!.ProveAnchor(parent)!;
        CellProof oldCell = engine.ProveCell(mine);
        Assert.True(client.Light.Verify(oldAnchor, oldCell));
        Assert.False(client.Light.Verify(oldAnchor, engine.ProveCell(theirs)));

        // The split, and what the last block of the epoch says of it.
        engine.Reshard(ReshapeAction.Split(parent));
        ShardLayout before = engine.Layout;
        while (engine.Round().Change is null) { }
        var (record, proof) = client.HandOver()!.Value;
        Assert.Equal((1UL, 1UL, engine.Layout.Hash()), (record.Epoch, record.Version, record.Layout));
        Assert.False(client.Light.Verify(oldAnchor, oldCell));
        Assert.False(client.Light.Adopt(record, proof, before));
        Assert.False(client.Light.Adopt(record with { Layout = before.Hash() }, proof, before));
        Assert.False(client.Light.Adopt(record with { Version = 2 }, proof, engine.Layout));
        Assert.Equal(before.Hash(), client.Light.Layout!.Hash());
        var behind = new Client(engine, before, client);
        Assert.True(client.Light.Adopt(record, proof, engine.Layout));

        engine.Submit(EngineWorld.Pay(right, left, 3, 0));
        engine.Round();
        client.Accept();
        behind.Accept();
        ShardInfo heir = engine.Layout.Shards.Single(shard => shard.Contains(mine)), other = engine.Layout.Shards.First(shard => shard.Parents.Contains(parent) && shard != heir);
        AnchorProof anchor = engine.Beacon.ProveAnchor(heir.Id)!;
        Assert.True(client.Light.Verify(anchor, engine.ProveCell(mine)));
        // Who has not taken the change in believes nothing of the heir; nobody anything of the parent, or of another part.
        Assert.False(behind.Light.Verify(anchor, engine.ProveCell(mine)));
        Assert.False(behind.Light.Adopt(record, proof, engine.Layout));
        Assert.False(client.Light.Verify(oldAnchor, oldCell));
        Assert.False(client.Light.Verify(anchor, oldCell));
        Assert.False(client.Light.Verify(engine.Beacon.ProveAnchor(other.Id)!, engine.ProveCell(mine)));
        Assert.Null(engine.Beacon.ProveAnchor(parent));

        // And a merge.
        CellProof halfCell = engine.ProveCell(mine);
        engine.Reshard(ReshapeAction.Merge(engine.Layout.Shards[0].Id, engine.Layout.Shards[1].Id));
        while (engine.Round().Change is null) { }
        (record, proof) = client.HandOver()!.Value;
        Assert.True(client.Light.Adopt(record, proof, engine.Layout));
        engine.Round();
        client.Accept();
        Assert.True(client.Light.Verify(engine.Beacon.ProveAnchor(engine.Layout.Shards[0].Id)!, engine.ProveCell(mine)));
        Assert.False(client.Light.Verify(anchor, halfCell));
        // No change, no record.
        while (engine.Round().Height % 4 != 0) { }
        Assert.Null(engine.Beacon.Outputs.Layout);
    }

    /// <summary>A light client with whoever certifies for it.</summary>
    private sealed class Client
    {
        private readonly InProcessEngine<TransferTransition> _engine;
        private readonly BeaconWorld _pool = new();
        private readonly ValidatorSet _set;

        // All epochs have the same validators here.
        public Client(InProcessEngine<TransferTransition> engine, ShardLayout? layout = null, Client? like = null)
        {
            (_engine, _set) = (engine, engine.Beacon!.Validators);
            Light = new BeaconLightClient(TestNetwork.ChainId, like?.Light.Epoch ?? 0, _set.Digest, new TestVerifier(), layout: layout ?? engine.Layout);
        }

        public BeaconLightClient Light { get; }

        public void Accept() => Assert.Equal(LightClientResult.Accepted, Light.Accept(_engine.Beacon!.Header!, Certificate(), _set));

        /// <summary>The last block of the epoch, and its record of another layout.</summary>
        public (LayoutRecord Record, BeaconOutputProof Proof)? HandOver()
        {
            BeaconState state = _engine.Beacon!;
            Assert.Equal(LightClientResult.Accepted, Light.HandOver(state.Header!, Certificate(), _set, state.Validators));
            for (int i = 0; i < state.Outputs.Count; i++)
                if (LayoutRecord.TryRead(state.Outputs.Encoding(i).Span, out LayoutRecord record) == Sharding.Wire.ReadResult.Ok) return (record, state.Outputs.Prove(i));
            return null;
        }

        private FinalityProof Certificate() => _pool.Certify(new BeaconBlock(_engine.Beacon!.Header!, new BeaconBody()), _set);
    }
}
