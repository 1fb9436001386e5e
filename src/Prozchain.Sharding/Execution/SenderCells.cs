using System.Runtime.InteropServices;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Execution;

/// <summary>
/// The cells of a group of senders, their keys hashed in lanes: what <see cref="TransferView.SenderCell"/> says of each.
/// Zero where the transition does not say which key it is, and then the declaration finds out. Used again; allocates nothing.
/// </summary>
internal sealed class SenderCells
{
    /// <summary>Transactions of a group: what is hashed of them is still in the cache when they are declared.</summary>
    public const int Group = 64;

    private readonly IKeyedTransition? _transition;
    private readonly byte[] _keys = new byte[Group * SignatureSchemes.P256PublicKeySize];
    private readonly Bytes32[] _cells = new Bytes32[Group];
    private int _count, _run, _length;

    private SenderCells(IKeyedTransition? transition) => _transition = transition;

    public static SenderCells Of<TTransition>(TTransition transition) where TTransition : IShardTransition => new(transition as IKeyedTransition);

    /// <summary>The cell of the i-th sender of the group; valid after <see cref="End"/>.</summary>
    public Digest this[int i] => new(_cells[i]);

    public void Begin() => (_count, _run, _length) = (0, 0, 0);

    public void Add(ReadOnlySpan<byte> transaction)
    {
        ReadOnlySpan<byte> key = _transition is null ? default : _transition.SenderKey(transaction);
        if (key.Length != _length)
        {
            Hash();
            _length = key.Length;
        }
        key.CopyTo(_keys.AsSpan((_count - _run) * _length));
        _count++;
    }

    public void End() => Hash();

    private void Hash()
    {
        Span<Bytes32> cells = _cells.AsSpan(_run, _count - _run);
        if (_length == 0) cells.Clear();
        else Domains.Address.HashRows(_keys.AsSpan(0, cells.Length * _length), _length, cells);
        _run = _count;
    }
}
