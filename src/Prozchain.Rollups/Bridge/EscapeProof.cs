using System.Buffers.Binary;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Shared;

namespace Prozchain.Rollups.Bridge;

/// <summary>
/// What somebody shows to leave a rollup that stands still: the account and a balance in its last final state
/// (docs/formats/rollups-escape.md). Whoever has that state makes it for anyone; only the owner can sign.
/// </summary>
public sealed class EscapeProof
{
    private EscapeProof(AccountAddress account, uint token) => (Account, Token) = (account, token);

    /// <summary>Whose balance it is; the alias of a numbered account.</summary>
    public AccountAddress Account { get; }

    /// <summary>The token.</summary>
    public uint Token { get; }

    /// <summary>Units of it.</summary>
    public UInt128 Amount { get; private init; }

    /// <summary>The account as the state has it: it names the key that signs.</summary>
    public ReadOnlyMemory<byte> Record { get; private init; }

    /// <summary>Siblings of the account's leaf, from the root down.</summary>
    public IReadOnlyList<Digest32> AccountPath { get; private init; } = [];

    /// <summary>Siblings of the balance's leaf, from the root down; none of token 0 of a numbered account, whose record has the balance.</summary>
    public IReadOnlyList<Digest32> BalancePath { get; private init; } = [];

    /// <summary>Makes a proof from a state; null if the account has nothing of the token there.</summary>
    /// <typeparam name="THash">The hash of the state's tree and keys.</typeparam>
    /// <param name="state">The last final state: its root is the hatch's.</param>
    /// <param name="account">Whose; in a state of numbered accounts the alias.</param>
    /// <param name="token">Of what.</param>
    public static EscapeProof? TryMake<THash>(StateStore<THash> state, in AccountAddress account, uint token) where THash : IStateHash
    {
        ArgumentNullException.ThrowIfNull(state);
        bool isNumbered = account.TryGetNumber(out _);
        Digest32 accountKey = Place<THash>(account), balanceKey = PaymentKeys.Balance<THash>(account, token);
        if (state.Read(accountKey, out ReadOnlySpan<byte> record) != StateReadStatus.Found) return null;
        if (!PaymentAccount.TryRead(record, isNumbered ? AccountLayout.Numbered : AccountLayout.ByAddress, out PaymentAccount read)) return null;
        byte[] copy = record.ToArray();
        UInt128 amount = read.Balance;
        bool isApart = !isNumbered || token != 0;
        if (isApart)
        {
            if (state.Read(balanceKey, out ReadOnlySpan<byte> balance) != StateReadStatus.Found || balance.Length != 16) return null;
            amount = BinaryPrimitives.ReadUInt128LittleEndian(balance);
        }
        return amount == 0 ? null : new EscapeProof(account, token) { Amount = amount, Record = copy, AccountPath = state.Prove(accountKey), BalancePath = isApart ? state.Prove(balanceKey) : [] };
    }

    /// <summary>Checks both ways against a state root.</summary>
    /// <typeparam name="THash">The hash of the state's tree and keys.</typeparam>
    public bool Verify<THash>(in Digest32 stateRoot) where THash : IStateHash
    {
        bool isNumbered = Account.TryGetNumber(out uint number);
        PaymentAccount record = default;
        if (isNumbered && !(PaymentAccount.TryRead(Record.Span, AccountLayout.Numbered, out record) && record.Index == number)) return false;
        if (!Holds<THash>(stateRoot, Place<THash>(Account), Record.Span, AccountPath)) return false;
        if (isNumbered && Token == 0) return BalancePath.Count == 0 && record.Balance == Amount;
        Span<byte> balance = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(balance, Amount);
        return Holds<THash>(stateRoot, PaymentKeys.Balance<THash>(Account, Token), balance, BalancePath);
    }

    /// <summary>What the owner signs with the account's present key: all balances of the account then go to the recipient.</summary>
    /// <param name="chainId">The settlement layer's number.</param>
    /// <param name="hatch">The contract.</param>
    /// <param name="recipient">Who gets the tokens.</param>
    public byte[] Message(ulong chainId, L1Address hatch, L1Address recipient) =>
        EscapeHatchContract.Message(chainId, hatch, (ulong)Account.Scheme, Account.Digest, recipient);

    /// <summary>The call that leaves. Anyone may send it.</summary>
    /// <param name="hatch">The contract.</param>
    /// <param name="recipient">As signed.</param>
    /// <param name="publicKey">The account's present key, scheme byte first: for P-256 65 bytes, 1, X, Y.</param>
    /// <param name="signature">Over <see cref="Message"/>, as the rollup's <see cref="ISignatureVerifier"/> takes it: for P-256 65 bytes, 1, r, s.</param>
    /// <exception cref="ArgumentException">A key that is none, or no signature.</exception>
    public ChainCall Call(L1Address hatch, L1Address recipient, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature)
    {
        if (!AccountAddress.IsKey(publicKey)) throw new ArgumentException($"Expected 2 to {AccountAddress.MaxKeySize} bytes of a known shape, got {publicKey.Length}.", nameof(publicKey));
        if (signature.IsEmpty) throw new ArgumentException("Expected a signature, got none.", nameof(signature));
        AbiValue owner = AbiValue.List((ulong)Account.Scheme, Account.Digest, AbiValue.Of(Record), AbiValue.Of(publicKey.ToArray()));
        return new ChainCall(hatch, EscapeHatchContract.Escape.Encode(
            owner, Path(AccountPath), (ulong)Token, Amount, Path(BalancePath), recipient, AbiValue.Of(signature.ToArray())));
    }

    private static Digest32 Place<THash>(in AccountAddress account) where THash : IStateHash =>
        account.TryGetNumber(out _) ? account.Digest : PaymentKeys.Account<THash>(account);

    private static AbiValue Path(IReadOnlyList<Digest32> path) => AbiValue.List([.. path.Select(sibling => (AbiValue)sibling)]);

    private static bool Holds<THash>(in Digest32 root, in Digest32 key, ReadOnlySpan<byte> value, IReadOnlyList<Digest32> path) where THash : IStateHash => new TrieProof
    {
        Siblings = [.. path.Select(sibling => sibling.Value)], HasLeaf = true, LeafKey = key.Value, LeafValueHash = TreeHash<THash>.Value(value),
    }.Verify<TreeHash<THash>>(root.Value, 0, key.Value);
}
