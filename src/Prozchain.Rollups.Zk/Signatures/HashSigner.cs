using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Zk.Ports;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Signatures;

/// <summary>
/// Signs with the one-time keys of a tree, each once: before a signature is made, the store holds that its key is used. A
/// payment that replaces another keeps its nonce and takes a new key; one that is sent again, through the forced queue for
/// example, is the bytes that there are, not a new signature. Not thread-safe.
/// </summary>
/// <typeparam name="TPermutation">The hash of the tree.</typeparam>
public sealed class HashSigner<TPermutation> : ISigner where TPermutation : struct, IPermutation<F>
{
    private readonly HashKeyTree<TPermutation> _tree;
    private readonly IKeyIndexStore _store;
    private readonly uint _reserve;
    private uint _next, _reserved;

    /// <summary>Signs on from where the store says.</summary>
    /// <param name="tree">The keys; stays the caller's to dispose of, after this.</param>
    /// <param name="store">Which keys are used: of this tree, and of one signer at a time.</param>
    /// <param name="reserve">How many keys are marked as used at a time: a crash loses at most so many, and the store writes once for so many.</param>
    /// <exception cref="ArgumentException">Fewer than 1 to reserve.</exception>
    public HashSigner(HashKeyTree<TPermutation> tree, IKeyIndexStore store, int reserve = 1)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(store);
        if (reserve < 1) throw new ArgumentException($"Expected at least 1 key to reserve, got {reserve}.", nameof(reserve));
        (_tree, _store, _reserve) = (tree, store, (uint)reserve);
        _next = _reserved = store.Next;
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> PublicKey => _tree.PublicKey;

    /// <inheritdoc/>
    public int SignatureSize => HashSignature.SizeOf(_tree.Height);

    /// <summary>How many signatures are left.</summary>
    public int KeysLeft => Math.Max(0, _tree.Capacity - (int)Math.Min(_next, int.MaxValue));

    /// <summary>
    /// Whether an eighth of the keys or less is left: time for a payment that rotates the account to the next tree, which takes
    /// a key itself, as does each attempt to replace it.
    /// </summary>
    public bool IsRotationDue => KeysLeft <= Math.Max(2, _tree.Capacity / 8);

    /// <inheritdoc/>
    /// <remarks>About 2^20 permutations: 0.15 s with Poseidon2 and 1 s with Poseidon1, on a core with wide vectors.</remarks>
    /// <exception cref="ArgumentException">Too little room, a message of more than 64 KiB, or one in words under a tree of less than 4 levels.</exception>
    /// <exception cref="InvalidOperationException">No key is left.</exception>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        if (signature.Length < SignatureSize) throw new ArgumentException($"Expected room for {SignatureSize} bytes, got {signature.Length}.", nameof(signature));
        if (message.Length > HashSignature.MaxMessageSize)
            throw new ArgumentException($"Expected a message of at most {HashSignature.MaxMessageSize} bytes, got {message.Length}.", nameof(message));
        if (_tree.Height < HashSignature.LeastHeightForWords && HashSignature.IsWords(message))
            throw new ArgumentException($"Expected a tree of at least {HashSignature.LeastHeightForWords} levels for a message in words, got {_tree.Height}.", nameof(message));
        if (KeysLeft == 0) throw new InvalidOperationException($"Expected a key that is left, got a tree whose {_tree.Capacity} keys are all used: rotate to another.");
        if (_next == _reserved)
        {
            uint reserved = _next + Math.Min(_reserve, (uint)_tree.Capacity - _next);
            _store.Advance(reserved);
            _reserved = reserved;
        }
        _tree.Sign(_next++, message, signature);
    }

    /// <summary>
    /// Leaves out every key up to one that the chain has seen: for a wallet whose store is older than its last signature, such
    /// as one from a backup. What was signed and is not on the chain yet must be counted too.
    /// </summary>
    /// <param name="lastUsed">The account's last index.</param>
    public void SkipPast(uint lastUsed)
    {
        if (lastUsed < _next) return;
        uint next = (uint)Math.Min((long)lastUsed + 1, _tree.Capacity);
        if (next > _reserved)
        {
            _store.Advance(next);
            _reserved = next;
        }
        _next = Math.Max(_next, next);
    }
}
