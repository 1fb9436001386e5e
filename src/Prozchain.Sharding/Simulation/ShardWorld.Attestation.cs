using Prozchain.Sharding.Attesting;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Simulation;

/// <content>Stateless validators that attest.</content>
public sealed partial class ShardWorld<TTransition>
{
    // Beyond those of any accounts that a load draws by number.
    private const int FirstAttesterKey = 1 << 20;

    private readonly ISigner[] _attesters;
    private readonly Committee[] _attesting;
    private readonly CapAuditor _caps;

    private int FirstAttester(int shard) => Layout.Shards.Count * _options.Validators + shard * _options.Attesters;

    /// <summary>Everybody's committees, and a machine and rules of a shard: for tests that judge what its nodes said.</summary>
    internal CommitteeDirectory Committees => Directory(_options.Verifier(), new NodeId(-1));

    internal ShardMachine<TTransition> MachineOf(ShardId shard) => new(_options.TransitionOf(Layout.Shards[Layout.IndexOf(shard)].Class), Layout, shard, Rules);

    private IProtocolNode Wrapped(NodeId id, IProtocolNode node) => _options.Wrap?.Invoke(id, node) ?? node;

    private void AddAttesters()
    {
        for (int i = 0; i < _attesters.Length; i++) World.Add(id => Wrapped(id, MakeAttester(id)));
    }

    private Committee AttestingOf(int shard) => new(
        Layout.Shards[shard].Id, Epoch, [.. _attesters.Skip(shard * _options.Attesters).Take(_options.Attesters).Select(signer => new CommitteeMember(signer.PublicKey, 1))]);

    private AttesterNode<TTransition> MakeAttester(NodeId id)
    {
        int number = id.Value - FirstAttester(0), shard = number / _options.Attesters;
        ShardInfo info = Layout.Shards[shard];
        ISignatureVerifier verifier = _options.Verifier();
        var machine = new ShardMachine<TTransition>(_options.TransitionOf(info.Class), Layout, info.Id, Rules);
        using HeapTrieStore genesis = GenesisOf(info);
        return new AttesterNode<TTransition>(machine, new AttesterOptions
        {
            Epoch = Epoch, Anchor = AnchorOf(shard), AnchorRoot = machine.Genesis.StateRoot(genesis.Root), Committees = Directory(verifier, id),
            Member = number % _options.Attesters, Signer = _attesters[number], Verifier = verifier, DelayMs = _options.DelayMs,
        });
    }
}
