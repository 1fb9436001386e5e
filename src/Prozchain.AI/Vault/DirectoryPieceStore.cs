using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Prozchain.AI.Ports;

namespace Prozchain.AI.Vault;

/// <summary>
/// Keeps each piece in a file of a directory: <c>pieces/ab/&lt;key&gt;.piece</c>, ab being the first byte of the stripe's
/// root. A piece is written to <c>incoming/</c>, flushed to the device, then renamed, so that its name never holds a part.
/// </summary>
/// <remarks>
/// One store uses a directory at a time; opening it removes what an earlier one left unfinished. Safe for concurrent use. The content is
/// durable when a put completes; whether the name is after a power failure is up to the file system, because .NET cannot
/// flush a directory. Every error of the file system surfaces as an <see cref="IOException"/>.
/// </remarks>
public sealed class DirectoryPieceStore : IPieceStore
{
    private const string Extension = ".piece";

    private readonly string _pieces, _incoming;
    private readonly string?[] _folders = new string?[256];
    private readonly bool[] _isMade = new bool[256];
    private readonly bool _flushToDevice;
    // Names in incoming that nobody uses.
    private readonly Stack<string> _names = new();
    private int _named;

    /// <summary>Opens a directory, made if need be.</summary>
    /// <param name="path">The directory. Nothing else should be in it.</param>
    /// <param name="flushToDevice">False gives up durability against power failure for speed.</param>
    /// <exception cref="IOException">The directory cannot be made.</exception>
    public DirectoryPieceStore(string path, bool flushToDevice = true)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string root = Path.GetFullPath(path);
        _pieces = Path.Combine(root, "pieces");
        _incoming = Path.Combine(root, "incoming");
        _flushToDevice = flushToDevice;
        try
        {
            Directory.CreateDirectory(_pieces);
            Directory.CreateDirectory(_incoming);
            foreach (string leftover in Directory.EnumerateFiles(_incoming)) File.Delete(leftover);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Refused(e);
        }
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask PutAsync(PieceKey key, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        string final = PathOf(key);
        string temporary = RentName();
        try
        {
            using (SafeFileHandle file = File.OpenHandle(
                temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.Asynchronous))
            {
                await RandomAccess.WriteAsync(file, piece, 0, cancellationToken).ConfigureAwait(false);
                if (_flushToDevice) RandomAccess.FlushToDisk(file);
            }
            Place(temporary, final, key.Stripe[0]);
            ReturnName(temporary);
        }
        catch (Exception e)
        {
            // Its name is not used again: the file may still be there.
            TryDelete(temporary);
            if (e is UnauthorizedAccessException) throw Refused(e);
            throw;
        }
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<long?> GetAsync(PieceKey key, Memory<byte> destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using SafeFileHandle file = File.OpenHandle(
                PathOf(key), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.Asynchronous);
            long length = RandomAccess.GetLength(file);
            int wanted = (int)Math.Min(length, destination.Length), read = 0;
            while (read < wanted)
            {
                int got = await RandomAccess.ReadAsync(file, destination[read..wanted], read, cancellationToken).ConfigureAwait(false);
                // The file became shorter under us: what is left is the piece now.
                if (got == 0) return read;
                read += got;
            }
            return length;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw Refused(e);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(PieceKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string path = PathOf(key);
        bool existed = File.Exists(path);
        try
        {
            if (existed) File.Delete(path);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Refused(e);
        }
        return ValueTask.FromResult(existed);
    }

    /// <inheritdoc/>
    public ValueTask<bool> ExistsAsync(PieceKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(File.Exists(PathOf(key)));
    }

    // The port knows one exception; the base class library has another for what the file system does not permit.
    private static IOException Refused(Exception e) => new(e.Message, e);

    // The folder is nearly always there.
    private void Place(string temporary, string final, byte first)
    {
        if (!_isMade[first])
        {
            Directory.CreateDirectory(_folders[first]!);
            _isMade[first] = true;
        }
        try
        {
            File.Move(temporary, final, overwrite: true);
        }
        catch (DirectoryNotFoundException)
        {
            Directory.CreateDirectory(_folders[first]!);
            File.Move(temporary, final, overwrite: true);
        }
    }

    private string PathOf(PieceKey key)
    {
        byte first = key.Stripe[0];
        string folder = _folders[first] ??= Path.Join(_pieces, first.ToString("x2", CultureInfo.InvariantCulture)) + Path.DirectorySeparatorChar;
        return string.Create(folder.Length + PieceKey.TextLength + Extension.Length, (folder, key), static (path, of) =>
        {
            of.folder.CopyTo(path);
            of.key.Write(path[of.folder.Length..]);
            Extension.CopyTo(path[(of.folder.Length + PieceKey.TextLength)..]);
        });
    }

    private string RentName()
    {
        lock (_names)
            if (_names.TryPop(out string? name)) return name;
        return Path.Join(_incoming, Interlocked.Increment(ref _named).ToString(CultureInfo.InvariantCulture));
    }

    private void ReturnName(string name)
    {
        lock (_names) _names.Push(name);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What made the put fail is thrown; the leftover goes when the directory is next opened.
        }
    }
}
