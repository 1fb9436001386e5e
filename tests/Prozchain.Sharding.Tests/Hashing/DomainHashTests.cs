using System.Reflection;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Hashing;

public class DomainHashTests
{
    [Fact]
    public void Hash_AnyLength_IsBlake3OfTheMode()
    {
        const string Context = "prozchain sharding tests";
        var deriving = DomainHash.Deriving(Context);
        var keyed = DomainHash.Keyed(Context);
        Span<byte> key = stackalloc byte[32], expected = stackalloc byte[32];
        Blake3.DeriveKey(Context, default, key);
        var input = new byte[2100];
        new Random(1).NextBytes(input);
        foreach (int length in (int[])[0, 1, 16, 32, 63, 64, 65, 128, 1023, 1024, 1025, 2100])
        {
            Blake3.DeriveKey(Context, input.AsSpan(0, length), expected);
            Assert.Equal(new Bytes32(expected), deriving.Hash(input.AsSpan(0, length)));
            Blake3.KeyedHash(key, input.AsSpan(0, length), expected);
            Assert.Equal(new Bytes32(expected), keyed.Hash(input.AsSpan(0, length)));
        }
        var pair = new Bytes32(input.AsSpan(0, 32));
        Assert.Equal(keyed.Hash(input.AsSpan(0, 64)), keyed.Hash(pair, new Bytes32(input.AsSpan(32, 32))));
    }

    [Fact]
    public void HashRows_EveryLengthAndCount_EqualsHash() => CheckRows();

    [Theory]
    [InlineData(InstructionSet.Avx512)]
    [InlineData(InstructionSet.Avx2)]
    [InlineData(InstructionSet.All)]
    public void HashRows_WithoutInstructionSets_EqualsHash(InstructionSet set) => IsaRerun.Without(set, CheckRows);

    [Fact]
    public void Domains_AllOfThem_Differ()
    {
        Bytes32[] hashes = [.. typeof(Domains).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => ((DomainHash)field.GetValue(null)!).Hash("x"u8))];
        Assert.True(hashes.Length > 10);
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    [Fact]
    public void ProveAll_EveryLeaf_GivesTheProofsOfTheTree()
    {
        for (int count = 0; count <= 33; count++)
        {
            Bytes32[] leaves = [.. Enumerable.Range(0, count).Select(i => TestNetwork.Key(i).Bytes)];
            Bytes32 root = TreeProver.ProveAll(leaves, out Bytes32[][] proofs);
            Assert.Equal(MerkleTree<TreeHash>.Root(leaves), root);
            for (int i = 0; i < count; i++) Assert.Equal(MerkleTree<TreeHash>.Prove(leaves, i), proofs[i]);
        }
    }

    private static void CheckRows()
    {
        var rows = new byte[40 * 1024];
        new Random(2).NextBytes(rows);
        foreach (DomainHash domain in (DomainHash[])[Domains.Address, Domains.SignedTransfer, Domains.StateLeaf])
        {
            foreach (int length in (int[])[1, 33, 63, 64, 65, 99, 128, 131, 1024])
            {
                foreach (int count in (int[])[1, 2, 3, 8, 15, 16, 17, 33, 40])
                {
                    var hashes = new Bytes32[count];
                    domain.HashRows(rows.AsSpan(0, count * length), length, hashes);
                    for (int i = 0; i < count; i++) Assert.Equal(domain.Hash(rows.AsSpan(i * length, length)), hashes[i]);
                }
            }
        }
    }
}
