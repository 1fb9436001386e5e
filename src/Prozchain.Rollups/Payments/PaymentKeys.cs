using System.Buffers.Binary;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;

namespace Prozchain.Rollups.Payments;

/// <summary>
/// Where the payments rollup keeps what: inputs of the keys of the state (docs/formats/rollups-payments.md). A key is
/// the tree's hash of these bytes, under the tag that is their first byte. Numbered, an account's record is under the digest of
/// its alias, which is no hash (<see cref="AccountAddress.FromNumber"/>), and its balance of token 0 is in it.
/// </summary>
public static class PaymentKeys
{
    /// <summary>Length of the input of an account's key.</summary>
    public const int AccountSize = 1 + AccountAddress.Size;

    /// <summary>Length of the input of a balance's key.</summary>
    public const int BalanceSize = 1 + AccountAddress.Size + sizeof(uint);

    /// <summary>Length of the input of the key under which the address of an account's number is.</summary>
    public const int IndexSize = 1 + sizeof(ulong);

    internal const byte AccountTag = 0x20, BalanceTag = 0x21, IndexTag = 0x22, SupplyTag = 0x23, PolicyTag = 0x24, RequestTag = 0x25, CountTag = 0x26;

    /// <summary>By address: key, under Keccak-256, of the 33 bytes of the address of account number <paramref name="index"/>; numbers count from 0.</summary>
    public static Digest32 Index(ulong index)
    {
        Span<byte> input = stackalloc byte[IndexSize];
        input[0] = IndexTag;
        BinaryPrimitives.WriteUInt64LittleEndian(input[1..], index);
        return new Digest32(Hashing.Keccak(input));
    }

    /// <summary>
    /// Key, under Keccak-256, of an account's record, which holds its number (<see cref="PaymentAccount"/>); numbered, of the 4
    /// bytes, little-endian, of the number that a key of scheme 3 has in the directory.
    /// </summary>
    public static Digest32 Account(in AccountAddress address) => Account<KeccakTree>(address);

    /// <summary>The same under another hash.</summary>
    /// <typeparam name="THash">The hash of the state's tree and keys.</typeparam>
    public static Digest32 Account<THash>(in AccountAddress address) where THash : IStateHash
    {
        Span<byte> input = stackalloc byte[AccountAddress.Size];
        address.CopyTo(input);
        return new Digest32(TreeHash<THash>.Hash(AccountTag, input));
    }

    /// <summary>Key, under Keccak-256, of an account's balance of a token: 16 bytes, little-endian. Numbered, of its alias and a token other than 0.</summary>
    public static Digest32 Balance(in AccountAddress address, uint token) => Balance<KeccakTree>(address, token);

    /// <summary>The same under another hash.</summary>
    /// <typeparam name="THash">The hash of the state's tree and keys.</typeparam>
    public static Digest32 Balance<THash>(in AccountAddress address, uint token) where THash : IStateHash
    {
        Span<byte> input = stackalloc byte[AccountAddress.Size + sizeof(uint)];
        address.CopyTo(input);
        BinaryPrimitives.WriteUInt32LittleEndian(input[AccountAddress.Size..], token);
        return new Digest32(TreeHash<THash>.Hash(BalanceTag, input));
    }

    /// <summary>Numbered: key of the number of accounts, 8 bytes, little-endian.</summary>
    /// <typeparam name="THash">The hash of the state's tree and keys.</typeparam>
    public static Digest32 Accounts<THash>() where THash : IStateHash => new(TreeHash<THash>.Hash(CountTag, default));

    /// <summary>Key, under Keccak-256, of how much of a token all accounts have together: 16 bytes, little-endian.</summary>
    public static Digest32 Supply(uint token) => Supply<KeccakTree>(token);

    /// <summary>The same under another hash.</summary>
    /// <typeparam name="THash">The hash of the state's tree and keys.</typeparam>
    public static Digest32 Supply<THash>(uint token) where THash : IStateHash
    {
        Span<byte> input = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(input, token);
        return new Digest32(TreeHash<THash>.Hash(SupplyTag, input));
    }
}
