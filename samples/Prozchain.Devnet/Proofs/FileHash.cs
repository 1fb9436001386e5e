using Prozchain.Zk.Hashing;

namespace Prozchain.Devnet.Proofs;

/// <summary>The hash function that a file proof speaks of; its number is the first byte of the proof.</summary>
internal enum FileHash : byte
{
    Blake3 = 0,
    Sha256 = 1,
}

internal static class FileHashes
{
    public const int Size = 32;

    extension(FileHash function)
    {
        public string Name => function == FileHash.Blake3 ? "BLAKE3" : "SHA-256";

        public byte[] Of(ReadOnlySpan<byte> file)
        {
            byte[] hash = new byte[Size];
            if (function == FileHash.Blake3) Blake3.Hash(file, hash);
            else Sha256.Hash(file, hash);
            return hash;
        }
    }

    /// <summary>The function that an option names, or null.</summary>
    public static FileHash? Parse(string option) => option switch
    {
        "blake3" => FileHash.Blake3,
        "sha256" => FileHash.Sha256,
        _ => null,
    };
}
