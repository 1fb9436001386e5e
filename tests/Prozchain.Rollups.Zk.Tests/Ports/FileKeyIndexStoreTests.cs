using Prozchain.Rollups.Zk.Ports;

namespace Prozchain.Rollups.Zk.Tests.Ports;

public sealed class FileKeyIndexStoreTests : IDisposable
{
    private static readonly byte[] s_key = [3, .. Enumerable.Range(0, 32).Select(i => (byte)(i & 0x3F))];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("prozchain");

    private string File => Path.Combine(_folder.FullName, "index");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Advance_Reopened_IsThere()
    {
        using (FileKeyIndexStore store = FileKeyIndexStore.Create(File, s_key))
        {
            Assert.Equal(0u, store.Next);
            store.Advance(5);
            store.Advance(5);
            Assert.Throws<ArgumentException>(() => store.Advance(4));
            Assert.Throws<IOException>(() => FileKeyIndexStore.Open(File, s_key));
        }
        using FileKeyIndexStore again = FileKeyIndexStore.Open(File, s_key);
        Assert.Equal(5u, again.Next);
    }

    [Fact]
    public void CreateAndOpen_WhatIsNotThisKeysFile_IsRefused()
    {
        Assert.Throws<FileNotFoundException>(() => FileKeyIndexStore.Open(File, s_key));
        FileKeyIndexStore.Create(File, s_key).Dispose();
        Assert.Throws<IOException>(() => FileKeyIndexStore.Create(File, s_key));
        Assert.Throws<InvalidDataException>(() => FileKeyIndexStore.Open(File, [.. s_key[..32], 9]));
        Assert.Throws<ArgumentException>(() => FileKeyIndexStore.Open(File, s_key.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => FileKeyIndexStore.Create(File, [1, .. s_key[1..]]));
        using FileKeyIndexStore store = FileKeyIndexStore.Open(File, s_key);
        Assert.Equal(0u, store.Next);
    }

    [Fact]
    public void Open_WriteCutShortAtAnyByte_GivesTheOldIndexOrTheNew()
    {
        byte[] before = Written(6), after = Written(7);
        for (int length = 0; length <= FileKeyIndexStore.CopySize; length++)
        {
            byte[] first = [.. after[..length], .. before[length..]];
            uint next = Opened(first);
            Assert.Equal(length == FileKeyIndexStore.CopySize ? 7u : next, next);
            Assert.InRange(next, 6u, 7u);
            byte[] second = [.. after[..(FileKeyIndexStore.Page + length)], .. before[(FileKeyIndexStore.Page + length)..]];
            Assert.Equal(7u, Opened(second));
        }
    }

    [Fact]
    public void Open_OneCopyGoneBad_IsMendedAndTwoAreRefused()
    {
        byte[] whole = Written(6);
        for (int at = 0; at < FileKeyIndexStore.CopySize; at++)
        {
            byte[] first = [.. whole], second = [.. whole], both = [.. whole];
            first[at] ^= 1;
            second[FileKeyIndexStore.Page + at] ^= 0x80;
            both[at] ^= 4;
            both[FileKeyIndexStore.Page + at] ^= 4;
            Assert.Equal((6u, 6u), (Opened(first), Opened(second)));
            Assert.Equal(whole, System.IO.File.ReadAllBytes(File));
            System.IO.File.WriteAllBytes(File, both);
            Assert.Throws<InvalidDataException>(() => FileKeyIndexStore.Open(File, s_key));
        }
        foreach (int length in (int[])[0, 1, FileKeyIndexStore.CopySize - 1])
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            Assert.Throws<InvalidDataException>(() => FileKeyIndexStore.Open(File, s_key));
        }
    }

    private byte[] Written(uint next)
    {
        System.IO.File.Delete(File);
        using (FileKeyIndexStore store = FileKeyIndexStore.Create(File, s_key)) store.Advance(next);
        return System.IO.File.ReadAllBytes(File);
    }

    private uint Opened(byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File, bytes);
        using FileKeyIndexStore store = FileKeyIndexStore.Open(File, s_key);
        return store.Next;
    }
}
