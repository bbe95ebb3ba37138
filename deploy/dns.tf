# The A record of the TFTP server at Cloudflare. Fly.io itself has no Terraform provider any more: its machines are flyctl's.
#   export CLOUDFLARE_API_TOKEN=...   may edit the zone's DNS
#   terraform init && terraform apply -var zone_id=... -var name=tftp.example.org -var address=...

terraform {
  required_version = ">= 1.5"
  required_providers {
    cloudflare = {
      source  = "cloudflare/cloudflare"
      version = "~> 5.0"
    }
  }
}

variable "zone_id" {
  description = "The zone's ID, from its overview page"
  type        = string
}

variable "name" {
  description = "The server's full name, such as tftp.example.org"
  type        = string
}

variable "address" {
  description = "The dedicated IPv4 address that \"fly ips allocate-v4\" showed"
  type        = string

  validation {
    condition     = can(cidrnetmask("${var.address}/32"))
    error_message = "address must be an IPv4 address: Fly.io has no public IPv6 for UDP."
  }
}

resource "cloudflare_dns_record" "tftp" {
  zone_id = var.zone_id
  name    = var.name
  type    = "A"
  content = var.address
  ttl     = 300
  # The proxy carries HTTP only.
  proxied = false
}
