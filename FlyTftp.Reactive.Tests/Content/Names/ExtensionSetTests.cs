using FlyTftp.Reactive.Content.Names;
using NUnit.Framework;

namespace FlyTftp.Reactive.Tests.Content.Names;

public sealed class ExtensionSetTests
{
    [TestCase("pxelinux.0")]
    [TestCase("bios/lpxelinux.0")]
    [TestCase("ldlinux.c32")]
    [TestCase("pxelinux.cfg/default")]
    [TestCase("pxelinux.cfg/01-52-54-00-12-34-56")]
    [TestCase("pxelinux.cfg/b8945908-d6a6-41a9-611d-74a6ab80b83d")]
    [TestCase("pxelinux.cfg/C0A8025B")]
    [TestCase("pxelinux.cfg/C0A8")]
    [TestCase("boot.ipxe")]
    [TestCase("autoexec.ipxe")]
    [TestCase("undionly.kpxe")]
    [TestCase("undionly.kkpxe")]
    [TestCase("ipxe.lkrn")]
    [TestCase("undionly.kpxe.0")]
    [TestCase("EFI/BOOT/BOOTX64.EFI")]
    [TestCase("shimx64.efi.signed")]
    [TestCase("grub/grub.cfg")]
    [TestCase("grub/grub.cfg-01-52-54-00-12-34-56")]
    [TestCase("grub/grub.cfg-C0A8025B")]
    [TestCase("grub/x86_64-efi/normal.mod")]
    [TestCase("grub/x86_64-efi/command.lst")]
    [TestCase("grub/fonts/unicode.pf2")]
    [TestCase("vmlinuz")]
    [TestCase("vmlinuz-6.1.0-18-amd64")]
    [TestCase("vmlinuz-5.14.0-427.el9.x86_64")]
    [TestCase("vmlinuz-5.14.0-427.el9.aarch64")]
    [TestCase("initrd.gz")]
    [TestCase("initrd.img")]
    [TestCase("initrd.img-6.1.0")]
    [TestCase("initrd.img-6.1.0-18-amd64")]
    [TestCase("filesystem.squashfs")]
    [TestCase("boot.scr.uimg")]
    [TestCase("C0A8025B.img")]
    [TestCase("uImage")]
    [TestCase("fitImage.itb")]
    [TestCase("dtb/rockchip/rk3399-rockpro64.dtb")]
    [TestCase("u-boot.bin")]
    [TestCase("extlinux/extlinux.conf")]
    [TestCase("""\Boot\BCD""")]
    [TestCase("""\Boot\boot.sdi""")]
    [TestCase("""\Boot\x64\Images\boot.wim""")]
    [TestCase("""\Boot\Fonts\wgl4_boot.ttf""")]
    [TestCase("""boot\x64\wdsnbp.com""")]
    [TestCase("""boot\x64\pxeboot.n12""")]
    [TestCase("bootmgr.exe")]
    [TestCase("""\Boot\en-US\bootmgr.exe.mui""")]
    [TestCase("wimboot")]
    [TestCase("1a2b3c4d/start4.elf")]
    [TestCase("1a2b3c4d/fixup4.dat")]
    [TestCase("1a2b3c4d/config.txt")]
    [TestCase("1a2b3c4d/kernel8.img")]
    [TestCase("1a2b3c4d/boot.sig")]
    [TestCase("overlays/vc4-kms-v3d.dtbo")]
    [TestCase("pieeprom.upd")]
    [TestCase("bootcode.bin")]
    [TestCase("initramfs_2712")]
    public void The_default_allows_what_boot_loaders_ask_for(string name) => Assert.That(ExtensionSet.Default.Allows(name));

    [TestCase("server.key")]
    [TestCase("SERVER.KEY")]
    [TestCase("tls/server.pem")]
    [TestCase("server.pem.1")]
    [TestCase("server.key-2024.01")]
    [TestCase("server.key~")]
    [TestCase("server.key_old")]
    [TestCase("server.pfx")]
    [TestCase("server.p12")]
    [TestCase("ca.crt")]
    [TestCase("ca.cer")]
    [TestCase("ca.der")]
    [TestCase("ca.p7b")]
    [TestCase("host.jks")]
    [TestCase("host.ppk")]
    [TestCase("passwords.kdbx")]
    [TestCase("wg0.ovpn")]
    [TestCase("db.sqlite")]
    [TestCase(".env.local")]
    [TestCase(".bashrc")]
    [TestCase("a.")]
    [TestCase("a.-x")]
    [TestCase("")]
    [TestCase("dir.cfg/")]
    [TestCase("boot.cfg/server.key")]
    [TestCase("""boot.cfg\server.key""")]
    public void The_default_never_allows_keys_or_what_nobody_boots(string name) =>
        Assert.That(ExtensionSet.Default.Allows(name), Is.False);

    [TestCase(".efi", "BOOT.EFI", true)]
    [TestCase(".EFI", "boot.efi", true)]
    [TestCase(" .kpxe , .efi ", "boot.efi", true)]
    [TestCase(".efi", "boot.efi2", false)]
    [TestCase(".efi", "efi", false)]
    [TestCase(".efi", "x.efi/boot", false)]
    [TestCase(".efi", "vmlinuz", false)]
    [TestCase("none", "vmlinuz", true)]
    [TestCase("None", "vmlinuz-6.1.7", true)]
    [TestCase("none", "boot.efi", false)]
    [TestCase("none", "x.efi/boot", true)]
    [TestCase(".0", "pxelinux.0", true)]
    [TestCase(".0", "pxelinux.1", false)]
    [TestCase(".0", "pxelinux", false)]
    [TestCase(".0", "server.key.0", false)]
    [TestCase(".7z", "tools.7z", true)]
    [TestCase("*", "anything.key", true)]
    [TestCase(".efi,*", "anything.key", true)]
    public void Judges_the_last_segment_whatever_its_case(string list, string name, bool isAllowed)
    {
        Assert.That(ExtensionSet.TryParse(list, out var set, out _));
        Assert.That(set!.Allows(name), Is.EqualTo(isAllowed));
    }

    [TestCase("")]
    [TestCase(" ")]
    [TestCase("kpxe")]
    [TestCase(".")]
    [TestCase(".kpxe,")]
    [TestCase(".kpxe,,.efi")]
    [TestCase(".kpxe;.efi")]
    [TestCase("*.kpxe")]
    [TestCase(".tar.gz")]
    [TestCase(".img-6")]
    [TestCase(".aaaaaaaaaaaaaaaaa")]
    public void Says_which_entry_is_wrong_and_what_may_stand_there(string list)
    {
        Assert.That(ExtensionSet.TryParse(list, out var set, out var error), Is.False);
        Assert.That(set, Is.Null);
        Assert.That(error, Does.Contain("is no extension").And.Contain(".kpxe,.efi,none").And.Not.Contain("\n"));
    }

    [Test]
    public void Is_written_as_the_list_it_was_read_from()
    {
        Assert.That(ExtensionSet.TryParse(".efi, none,.KPXE", out var set, out _));
        Assert.That(set!.ToString(), Is.EqualTo(".efi,none,.KPXE"));
        Assert.That(ExtensionSet.All.ToString(), Is.EqualTo("*"));
    }
}
