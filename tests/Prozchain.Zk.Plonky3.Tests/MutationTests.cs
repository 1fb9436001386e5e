using Prozchain.Testing;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Tests.Fixtures;

namespace Prozchain.Zk.Plonky3.Tests;

/// <summary>Proofs of the peer, changed.</summary>
public sealed class MutationTests
{
    private const int SmallFile = 4000, LargeFile = 20_000;

    [Theory]
    [MemberData(nameof(Vectors.All), MemberType = typeof(Vectors))]
    public void Verify_AnyByteChanged_IsRefused(string name)
    {
        var test = new ChangeBytes();
        Vectors.Run(name, ref test);
    }

    [Theory]
    [MemberData(nameof(Vectors.All), MemberType = typeof(Vectors))]
    public void Verify_CutLengthenedOrPadded_IsRefused(string name)
    {
        var test = new ChangeLength();
        Vectors.Run(name, ref test);
    }

    [Theory]
    [MemberData(nameof(Vectors.All), MemberType = typeof(Vectors))]
    public void Verify_OtherPublicValue_IsRefused(string name)
    {
        var test = new ChangeStatement();
        Vectors.Run(name, ref test);
    }

    [Theory]
    [InlineData("fib8_keccak_b1_q2")]
    [InlineData("fib8_keccaku64_b1_q2")]
    [InlineData("fib8_poseidon2w24_b1_q2")]
    [InlineData("fib8_keccak_hiding_b2_q2")]
    [InlineData("batch_lookup_8_keccak_b1_q2")]
    [InlineData("uni_stark_two_adic_v1")]
    public void Verify_HostileBytes_NeverThrows(string name)
    {
        var test = new Fuzz();
        Vectors.Run(name, ref test);
    }

    private struct ChangeBytes : IFixtureTest
    {
        public readonly void Run<TField, TExt>(Fixture<TField, TExt> fixture)
            where TField : unmanaged, IField<TField>
            where TExt : unmanaged, IExtensionField<TExt, TField>
        {
            byte[] flips = fixture.Proof.Length <= SmallFile ? [0x01, 0x02, 0x10, 0x80, 0xFF] : [0];
            // The usual form changes every fifth byte of the largest files; each digest then has its turn at every place.
            int stride = fixture.Proof.Length <= LargeFile ? 1 : TestSettings.Scale(5, 1);
            HashSet<int> free = Witnesses.FreeBytes(fixture.Key, fixture.Proof);
            Parallel.For(0, (fixture.Proof.Length + stride - 1) / stride, step =>
            {
                int at = step * stride;
                var changed = (byte[])fixture.Proof.Clone();
                foreach (byte flip in flips)
                {
                    changed[at] = (byte)(fixture.Proof[at] ^ (flip == 0 ? 1 << (at % 8) : flip));
                    Plonky3Result result = fixture.Verify(changed);
                    // A witness that nobody looks at may be any field element, but an element.
                    bool expected = free.Contains(at) && result != Plonky3Result.NonCanonicalElement ? result == Plonky3Result.Valid : result is not (Plonky3Result.Valid or Plonky3Result.None);
                    Assert.True(expected, $"Byte {at} of {fixture.Proof.Length}, {fixture.Proof[at]:x2} to {changed[at]:x2}, got {result}.");
                }
            });
        }
    }

    private struct ChangeLength : IFixtureTest
    {
        public readonly void Run<TField, TExt>(Fixture<TField, TExt> fixture)
            where TField : unmanaged, IField<TField>
            where TExt : unmanaged, IExtensionField<TExt, TField>
        {
            foreach (byte extra in (byte[])[0, 1, 5, 0x80, 0xFF]) Assert.Equal(Plonky3Result.TrailingBytes, fixture.Verify([.. fixture.Proof, extra]));
            for (int length = 0; length < fixture.Proof.Length; length += 1 + fixture.Proof.Length / 500)
                Assert.Equal(Plonky3Result.Truncated, fixture.Verify(fixture.Proof.AsSpan(0, length)));
            // The first byte is a varint, the length of a cap, and so is the last one, log2 of the rows.
            Assert.Equal(Plonky3Result.NonMinimalInteger, fixture.Verify([(byte)(fixture.Proof[0] | 0x80), 0, .. fixture.Proof.AsSpan(1)]));
            Assert.Equal(Plonky3Result.NonMinimalInteger, fixture.Verify([.. fixture.Proof.AsSpan()[..^1], (byte)(fixture.Proof[^1] | 0x80), 0]));
        }
    }

    private struct ChangeStatement : IFixtureTest
    {
        public readonly void Run<TField, TExt>(Fixture<TField, TExt> fixture)
            where TField : unmanaged, IField<TField>
            where TExt : unmanaged, IExtensionField<TExt, TField>
        {
            for (int table = 0; table < fixture.PublicValues.Length; table++)
            {
                for (int i = 0; i < fixture.PublicValues[table].Length; i++)
                {
                    TField[] values = fixture.PublicValues[table].ToArray();
                    values[i] += TField.One;
                    var changed = (ReadOnlyMemory<TField>[])fixture.PublicValues.Clone();
                    changed[table] = values;
                    Assert.NotEqual(Plonky3Result.Valid, Plonky3Verifier.Verify(fixture.Key, changed, fixture.Proof));
                }
            }
        }
    }

    private struct Fuzz : IFixtureTest
    {
        public readonly void Run<TField, TExt>(Fixture<TField, TExt> fixture)
            where TField : unmanaged, IField<TField>
            where TExt : unmanaged, IExtensionField<TExt, TField> =>
            HostileBytes.Feed([fixture.Proof], bytes => fixture.Verify(bytes), count: 10_000);
    }
}
