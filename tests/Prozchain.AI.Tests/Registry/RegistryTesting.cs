using System.Buffers;
using System.Collections.Immutable;
using Prozchain.AI.Registry;

namespace Prozchain.AI.Tests.Registry;

/// <summary>Keys and publications for tests of the registry.</summary>
internal static class RegistryTesting
{
    public static readonly RegistryRules Rules = new(1_000, 100);

    public static byte[] Key(int who) => Digest(who, 0xA0);

    public static byte[] Digest(int seed, byte fill) => [.. BitConverter.GetBytes(seed), .. Enumerable.Repeat(fill, 28)];

    public static ModelPublication Publication(
        string name = "org/model", string version = "1", int seed = 0, ulong end = 50, StorageTier tier = StorageTier.Warm, params ModelParent[] parents) => new()
    {
        Name = name, Version = version, ManifestId = Digest(seed, 1), ModelRoot = Digest(seed, 2), AuditRoot = Digest(seed, 3),
        Size = 1_000 + seed, Licence = "Apache-2.0 OR MIT", Quantisation = "int8", EngineVersion = 1, GraphDigest = Digest(seed, 4),
        Parents = ImmutableArray.Create(parents), Lease = new ModelLease(tier, end, 7), Price = 9,
    };

    public static RegistryOperation Publish(int who, string name = "org/model", string version = "1", ulong end = 50, params ModelParent[] parents) =>
        RegistryOperation.Publish(Key(who), Publication(name, version, end: end, parents: parents));

    public static byte[] Encode(RegistryOperation operation)
    {
        var output = new ArrayBufferWriter<byte>();
        operation.Write(output);
        return output.WrittenSpan.ToArray();
    }

    public static ModelVersion Resolve(this RegistryState state, string reference)
    {
        Assert.Equal(RegistryStatus.Ok, state.Resolve(reference, out ModelVersion? version));
        return version!;
    }
}
