using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using C = Prozchain.Rollups.Evm.StateChainContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// The claims behind the words that a state chain keeps, out of its events. What it holds can be read again at any time, so
/// a driver that was stopped loses nothing.
/// </summary>
internal sealed class ClaimBook(ISettlementChain chain, L1Address stateChain, ulong firstBlock)
{
    private readonly SettlementFollower _follower = new(chain, [stateChain], firstBlock);
    private readonly List<(ulong Block, Digest32 Id, AbiValue Claim)> _claims = [];
    private readonly Dictionary<Digest32, (Digest32 State, Digest32 Exit)> _roots = [];
    private readonly Dictionary<ulong, ulong> _published = [];

    /// <summary>How often the settlement layer took something back.</summary>
    public int Undone { get; private set; }

    /// <summary>Reads what is new.</summary>
    public async ValueTask UpdateAsync(CancellationToken cancellationToken)
    {
        while (await _follower.ReadAsync(cancellationToken).ConfigureAwait(false) is { } update)
        {
            if (update.RolledBackTo is { } standing)
            {
                Undone++;
                _claims.RemoveAll(claim => claim.Block > standing);
                foreach (ulong batch in _published.Where(entry => entry.Value > standing).Select(entry => entry.Key).ToArray()) _published.Remove(batch);
            }
            foreach (ChainLog log in update.Logs) Read(log);
        }
    }

    /// <summary>The claim of a word, as calls name it; null if no event told of it.</summary>
    public AbiValue? Find(Digest32 id)
    {
        int at = _claims.FindLastIndex(claim => claim.Id == id);
        return at < 0 ? null : _claims[at].Claim;
    }

    /// <summary>Whether the state chain knows the roots of a final batch.</summary>
    public bool IsPublished(ulong batch) => _published.ContainsKey(batch);

    /// <summary>The roots that a leaf is made of, if somebody told them.</summary>
    public bool TryOpen(Digest32 leaf, out Digest32 state, out Digest32 exit)
    {
        bool isKnown = _roots.TryGetValue(leaf, out (Digest32 State, Digest32 Exit) roots);
        (state, exit) = roots;
        return isKnown;
    }

    // Leaves are hashes of their roots: what was read once stays true.
    private void Read(in ChainLog log)
    {
        Digest32[] topics = log.TopicList();
        if (C.Claimed.TryDecode(topics, log.Data, out AbiValue e) == AbiReadResult.Ok)
        {
            Digest32 leaf = Remember(e[5].ToDigest(), e[6].ToDigest());
            Add(log.Block, e[0].ToUInt64(), C.ClaimOf(e[2].ToDigest(), e[3].ToDigest(), e[4].ToDigest(), leaf, e[1].ToAddress(), e[7].ToUInt64()));
        }
        else if (C.Contested.TryDecode(topics, log.Data, out e) == AbiReadResult.Ok)
        {
            Remember(e[3].ToDigest(), e[4].ToDigest());
        }
        else if (C.Finalized.TryDecode(topics, log.Data, out e) == AbiReadResult.Ok || C.Published.TryDecode(topics, log.Data, out e) == AbiReadResult.Ok)
        {
            _published[e[0].ToUInt64()] = log.Block;
            Remember(e[1].ToDigest(), e[2].ToDigest());
        }
        else if (C.Settled.TryDecode(topics, log.Data, out e) == AbiReadResult.Ok && e[2].ToDigest() != default)
        {
            Add(log.Block, e[0].ToUInt64(), C.ClaimOf(e[3].ToDigest(), e[4].ToDigest(), e[5].ToDigest(), e[6].ToDigest(), e[7].ToAddress(), e[8].ToUInt64()));
        }
    }

    /// <summary>Notes roots, and gives their leaf.</summary>
    public Digest32 Remember(Digest32 state, Digest32 exit)
    {
        Digest32 leaf = C.LeafOf(state, exit);
        _roots[leaf] = (state, exit);
        return leaf;
    }

    private void Add(ulong block, ulong batch, AbiValue claim) => _claims.Add((block, C.IdOf(batch, claim), claim));
}
