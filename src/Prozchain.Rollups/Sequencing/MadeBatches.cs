using Prozchain.Rollups.Derivation;

namespace Prozchain.Rollups.Sequencing;

/// <summary>What became of batches on the settlement layer: roots of those made here, and the blocks that those which are not final yet are in.</summary>
internal sealed class MadeBatches
{
    private readonly Dictionary<ulong, Digest32> _roots = [];
    private readonly Dictionary<ulong, ulong> _landed = [];

    public void Clear()
    {
        _roots.Clear();
        _landed.Clear();
    }

    public void Add(in ProducedBatch batch) => _roots[batch.Number] = batch.PostRoot;

    /// <summary>A batch was derived: whether it is what was made, where one of its number was, or was to be.</summary>
    public bool Land(ExecutedBatch batch, ulong next)
    {
        ulong number = batch.Posting.Number;
        _landed[number] = batch.Posting.Block;
        return _roots.TryGetValue(number, out Digest32 root) ? root == batch.PostRoot : number < next;
    }

    /// <summary>Forgets what is in final blocks, also if it was seen there before they were, and says which that is.</summary>
    public List<ulong> Settle(in DerivationStatus status)
    {
        var settled = new List<ulong>();
        foreach ((ulong number, ulong block) in _landed.ToArray())
        {
            if (block > status.Finalized && number < status.Tip.NextBatch) continue;
            _landed.Remove(number);
            if (number >= status.Tip.NextBatch) continue;
            _roots.Remove(number);
            settled.Add(number);
        }
        return settled;
    }
}
